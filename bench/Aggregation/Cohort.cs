using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;

namespace Federated.Bench.Aggregation;

/// <summary>K clients' random changes of square LoRA layers of width d and rank r.</summary>
static class Cohort
{
    public static AdapterLayout Layout(int d, int rank, int matrices)
    {
        TensorGroup[] groups = [.. Enumerable.Range(0, matrices).Select(i => new TensorGroup($"layer.{i}", new Site(SiteKind.Linear, $"layer.{i}"), Algebra.Product,
            [new TensorSpec($"layer.{i}.lora_A", "lora_A", [Axis.Rank, d]), new TensorSpec($"layer.{i}.lora_B", "lora_B", [d, Axis.Rank])])
        { Product = new ProductForm("lora_B", "lora_A", rank, false) })];
        var schema = new AdapterSchema(new string('0', 64), "bench", rank, groups);
        return AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, rank));
    }

    public static FoldInput InMemory(AdapterLayout layout, int clients) => new(Random(layout, 1_000_000),
        [.. Enumerable.Range(0, clients).Select(k => new Contribution($"client-{k:D4}", 1 + k % 7, layout, new DenseDelta(Random(layout, k))))]);

    public static AdapterTensors Random(AdapterLayout layout, int seed)
    {
        var random = new Random(seed);
        var values = new float[layout.TotalElements];
        for (var i = 0; i < values.Length; i++)
            values[i] = 0.1f * (random.NextSingle() - 0.5f);
        return new AdapterTensors(layout, values);
    }
}
