using Federated.Aggregators.Adapters;

namespace Federated.Formats.Peft;

/// <summary>Turns a peft adapter into a schema, a plan and values.</summary>
public static class PeftImport
{
    const string Prefix = "base_model.model.";

    static readonly (string A, string B)[] Pairs = [(".lora_A.weight", ".lora_B.weight"), (".lora_embedding_A", ".lora_embedding_B")];

    /// <summary>The adapter's values under a schema made from it: LoRA pairs as product groups, everything else as affine groups.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="baseDigest">Digest of the base model, 64 lower-case hexadecimal digits.</param>
    /// <param name="modelType">The base's model type.</param>
    /// <param name="maxRank">Largest rank of the schema; 0 means the adapter's own.</param>
    /// <exception cref="FormatException">A pair is incomplete or its shapes do not fit each other.</exception>
    public static AdapterTensors Of(PeftFolder adapter, string baseDigest, string modelType, int maxRank = 0)
    {
        var tensors = adapter.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
        var groups = new List<TensorGroup>();
        var plans = new Dictionary<string, GroupPlan>(StringComparer.Ordinal);
        foreach (var tensor in adapter.Tensors)
        {
            if (Pairs.FirstOrDefault(p => tensor.Name.EndsWith(p.B, StringComparison.Ordinal)) is { B: not null } pair)
                RequirePartner(tensors, tensor.Name[..^pair.B.Length] + pair.A);
            else if (Pairs.FirstOrDefault(p => tensor.Name.EndsWith(p.A, StringComparison.Ordinal)) is { A: not null } own)
                AddPair(adapter.Config, tensor, RequirePartner(tensors, tensor.Name[..^own.A.Length] + own.B), tensor.Name[..^own.A.Length], groups, plans);
            else
                AddSaved(tensor, groups, plans);
        }
        var largest = plans.Values.Max(p => p.Rank);
        var schema = new AdapterSchema(baseDigest, modelType, maxRank == 0 ? largest : maxRank, groups, adapter.Config.BaseModel);
        var values = new AdapterTensors(AdapterLayout.Of(schema, new AdapterPlan(0, plans)));
        foreach (var tensor in values.Layout.Tensors)
            tensors[tensor.Name].Values.CopyTo(values[tensor]);
        return values;
    }

    static PeftTensor RequirePartner(Dictionary<string, PeftTensor> tensors, string name) =>
        tensors.GetValueOrDefault(name) ?? throw new FormatException($"The adapter lacks tensor '{name}'.");

    static void AddPair(PeftLoraConfig config, PeftTensor a, PeftTensor b, string stem, List<TensorGroup> groups, Dictionary<string, GroupPlan> plans)
    {
        if (a.Shape.Count != 2 || b.Shape.Count != 2 || a.Shape[0] != b.Shape[1] || a.Shape[0] < 1)
            throw new FormatException($"Tensors '{a.Name}' [{string.Join(", ", a.Shape)}] and '{b.Name}' [{string.Join(", ", b.Shape)}] are no LoRA pair [r, n], [m, r].");
        var path = Path(stem);
        var embedding = a.Name.EndsWith("lora_embedding_A", StringComparison.Ordinal);
        groups.Add(new TensorGroup(path, new Site(embedding ? SiteKind.Embedding : SiteKind.Linear, path), Algebra.Product,
            [new TensorSpec(a.Name, "lora_A", [Axis.Rank, Size(a, 1)]), new TensorSpec(b.Name, "lora_B", [Size(b, 0), Axis.Rank])])
        {
            Product = new ProductForm("lora_B", "lora_A", config.AlphaOf(path), config.RsLora),
            Privacy = embedding ? PrivacyClass.TouchedRows : PrivacyClass.Weights,
        });
        plans[path] = new GroupPlan(Rank: Size(a, 0));
    }

    static void AddSaved(PeftTensor tensor, List<TensorGroup> groups, Dictionary<string, GroupPlan> plans)
    {
        var name = Path(tensor.Name);
        var module = name.Contains('.') ? name[..name.LastIndexOf('.')] : name;
        groups.Add(new TensorGroup(name, new Site(SiteKind.Head, module), Algebra.Affine,
            [new TensorSpec(tensor.Name, name[(name.LastIndexOf('.') + 1)..], [.. Enumerable.Range(0, tensor.Shape.Count).Select(i => Axis.Of(Size(tensor, i)))])])
        { Privacy = PrivacyClass.TouchedRows });
        plans[name] = new GroupPlan();
    }

    static string Path(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;

    static int Size(PeftTensor tensor, int axis) => tensor.Shape[axis] is >= 1 and <= int.MaxValue ? (int)tensor.Shape[axis]
        : throw new FormatException($"Tensor '{tensor.Name}' has shape [{string.Join(", ", tensor.Shape)}]; axes of 1 to {int.MaxValue} are read.");
}
