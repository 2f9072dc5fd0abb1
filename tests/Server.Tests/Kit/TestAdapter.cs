using System.Text;
using System.Text.Json.Nodes;
using Federated.Aggregators.Adapters;
using Federated.Formats.Digests;
using Federated.Formats.Safetensors;

namespace Server.Tests.Kit;

/// <summary>A small adapter as `adapter init` would write it: product groups and a trained head.</summary>
sealed class TestAdapter
{
    public const string BaseDigest = "ba5eba5eba5eba5eba5eba5eba5eba5eba5eba5eba5eba5eba5eba5eba5eba5e";

    public TestAdapter(int modules = 2, int width = 16, int rank = 4)
    {
        var groups = Enumerable.Range(0, modules).Select(i => Lora($"layer.{i}.query", width)).Append(Head(width)).ToList();
        Schema = new AdapterSchema(BaseDigest, "vit", 16, groups, "base");
        Plan = AdapterPlan.Uniform(Schema, rank);
        Layout = AdapterLayout.Of(Schema, Plan);
        SchemaBytes = Schema.ToJson();
        PlanBytes = Plan.ToJson();
        Version0Bytes = WriteVersion0();
    }

    public AdapterSchema Schema { get; }

    public AdapterPlan Plan { get; }

    public AdapterLayout Layout { get; }

    public byte[] SchemaBytes { get; }

    public byte[] PlanBytes { get; }

    public byte[] Version0Bytes { get; }

    public IEnumerable<byte[]> Blobs => [SchemaBytes, PlanBytes, Version0Bytes];

    /// <summary>A RunSpec over this adapter; <paramref name="change"/> edits it before it is written.</summary>
    public byte[] Spec(string name, int rounds, int cohort, Action<JsonObject>? change = null)
    {
        var spec = new JsonObject
        {
            ["name"] = name,
            ["base"] = BaseDigest,
            ["schema"] = TreeDigest.Of(SchemaBytes),
            ["plan"] = TreeDigest.Of(PlanBytes),
            ["version0"] = TreeDigest.Of(Version0Bytes),
            ["strategy"] = "fedit",
            ["rounds"] = rounds,
            ["cohort"] = new JsonObject { ["size"] = cohort },
            ["train"] = new JsonObject { ["steps"] = 1, ["learningRate"] = 0.01 },
        };
        change?.Invoke(spec);
        return Encoding.UTF8.GetBytes(spec.ToJsonString());
    }

    byte[] WriteVersion0()
    {
        using var bytes = new MemoryStream();
        SafetensorsWriter.Write(bytes, Layout.Tensors.Select((t, i) => TensorContent.Singles(
            t.Name, [.. t.Shape.Select(s => (long)s)], t.Role == "lora_B" ? new float[t.Elements] : Synthetic.Values((ulong)i + 1, t.Elements, 0.1f))));
        return bytes.ToArray();
    }

    static TensorGroup Lora(string path, int width) => new(
        path,
        new Site(SiteKind.Linear, path),
        Algebra.Product,
        [
            new TensorSpec($"base_model.model.{path}.lora_A.weight", "lora_A", [Axis.Rank, Axis.Of(width)]),
            new TensorSpec($"base_model.model.{path}.lora_B.weight", "lora_B", [Axis.Of(width), Axis.Rank]),
        ])
    {
        Product = new ProductForm("lora_B", "lora_A", 8, false),
    };

    static TensorGroup Head(int width) => new(
        "classifier",
        new Site(SiteKind.Head, "classifier"),
        Algebra.Affine,
        [new TensorSpec("base_model.model.classifier.weight", "weight", [Axis.Of(10), Axis.Of(width)])]);
}
