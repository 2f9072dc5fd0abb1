using System.Security.Cryptography;
using System.Text;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;
using Federated.Client.Adapters;

namespace Federated.Cli.Simulation.Training;

/// <summary>An adapter for no base model: LoRA modules and a trained head.</summary>
static class SyntheticAdapter
{
    const int Classes = 10;

    /// <summary>Digest of the base that the simulated clients claim to hold.</summary>
    public static string BaseDigest { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("federated.simulation.base.v1")));

    public static AdapterBundle Create(SyntheticSettings settings, ulong seed)
    {
        var groups = Enumerable.Range(0, settings.Modules).Select(i => Lora($"layer.{i}.query", settings.Width, settings.Rank)).Append(Head(settings.Width)).ToList();
        var schema = new AdapterSchema(BaseDigest, "synthetic", settings.Rank, groups, "synthetic");
        var plan = AdapterPlan.Uniform(schema, settings.Rank);
        var version0 = new AdapterTensors(AdapterLayout.Of(schema, plan));
        foreach (var tensor in version0.Layout.Tensors.Where(t => t.Role != "lora_B"))
            Normal.Fill(new Philox(seed, (ulong)tensor.Index), version0[tensor], 0.1);
        return new AdapterBundle(schema, plan, version0);
    }

    static TensorGroup Lora(string path, int width, int rank) => new(path, new Site(SiteKind.Linear, path), Algebra.Product,
    [
        new TensorSpec($"base_model.model.{path}.lora_A.weight", "lora_A", [Axis.Rank, Axis.Of(width)]),
        new TensorSpec($"base_model.model.{path}.lora_B.weight", "lora_B", [Axis.Of(width), Axis.Rank]),
    ])
    {
        Product = new ProductForm("lora_B", "lora_A", rank, false),
    };

    static TensorGroup Head(int width) => new("classifier", new Site(SiteKind.Head, "classifier"), Algebra.Affine,
        [new TensorSpec("base_model.model.classifier.weight", "weight", [Axis.Of(Classes), Axis.Of(width)])]);
}
