using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Tests.Shared;

static class Schemas
{
    public static readonly string BaseDigest = new('a', 64);

    /// <summary>Product groups of the given shapes and, when <paramref name="head"/> is above 0, an affine head of that many elements.</summary>
    public static AdapterSchema Lora(int maxRank, int head, params (int M, int N)[] shapes)
    {
        var groups = shapes.Select((s, i) => new TensorGroup($"layer.{i}", new Site(SiteKind.Linear, $"layer.{i}"), Algebra.Product,
            [
                new TensorSpec($"base_model.model.layer.{i}.lora_A.weight", "lora_A", [Axis.Rank, s.N]),
                new TensorSpec($"base_model.model.layer.{i}.lora_B.weight", "lora_B", [s.M, Axis.Rank]),
            ])
        { Product = new ProductForm("lora_B", "lora_A", 16, false) }).ToList();
        if (head > 0)
            groups.Add(new TensorGroup("head", new Site(SiteKind.Head, "classifier"), Algebra.Affine, [new TensorSpec("base_model.model.classifier.weight", "weight", [head])]));
        return new AdapterSchema(BaseDigest, "vit", maxRank, groups);
    }
}
