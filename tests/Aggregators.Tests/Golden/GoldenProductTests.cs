using System.Text.Json;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Golden;

/// <summary>Compares with what tests/Golden/make_golden.py computed by numpy and torch.</summary>
public sealed class GoldenProductTests
{
    static readonly JsonElement Cases = GoldenFile.Cases("product.json");

    static (FoldInput Input, AdapterLayout Layout) Input(JsonElement c)
    {
        var (m, n, rank) = (c.GetProperty("m").GetInt32(), c.GetProperty("n").GetInt32(), c.GetProperty("rank").GetInt32());
        var schema = Schemas.Lora(rank, 0, (m, n));
        var layout = AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, rank));
        var previous = new AdapterTensors(layout, [.. GoldenFile.Unpack<float>(c.GetProperty("a0")), .. GoldenFile.Unpack<float>(c.GetProperty("b0"))]);
        var ranks = c.GetProperty("ranks").EnumerateArray().Select(r => r.GetInt32());
        var contributions = c.GetProperty("deltas").EnumerateArray().Zip(ranks, c.GetProperty("samples").EnumerateArray()).Select((k, i) =>
        {
            var own = k.Second == rank ? layout : AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, k.Second));
            var delta = new AdapterTensors(own, [.. GoldenFile.Unpack<float>(k.First.GetProperty("a")), .. GoldenFile.Unpack<float>(k.First.GetProperty("b"))]);
            return new Contribution($"site-{i:d2}", k.Third.GetDouble(), own, new DenseDelta(delta));
        });
        return (new FoldInput(previous, [.. contributions]), layout);
    }

    [Fact]
    public void Fold_EveryGoldenResult_Agrees()
    {
        var count = 0;
        foreach (var c in Cases.EnumerateArray())
        {
            var (input, layout) = Input(c);
            foreach (var expected in c.GetProperty("expected").EnumerateArray())
            {
                var rule = new RuleSpec(expected.GetProperty("rule").GetString()!, expected.GetProperty("options").GetRawText());
                var result = new Fold(StrategyCatalog.Default.Compose(new FoldSpec { Product = rule })).Run(input, new FoldLimits());
                Compare($"{c.GetProperty("name")}, {rule.Name} {rule.Options}", expected, result, layout);
                Assert.Equal(c.GetProperty("bias_ratio").GetDouble(), result.Diagnostics[0].BiasRatio!.Value, 1e-5);
                count++;
            }
        }
        Assert.True(count >= Cases.GetArrayLength());
    }

    static void Compare(string what, JsonElement expected, FoldResult result, AdapterLayout layout)
    {
        foreach (var tensor in layout.Tensors)
        {
            if (expected.TryGetProperty(tensor.Role == "lora_A" ? "a" : "b", out var packed))
                GoldenFile.Near($"{what}, {tensor.Role}", packed, result.Tensors[tensor]);
        }
        if (expected.TryGetProperty("effective", out var effective))
            GoldenFile.Near($"{what}, effective", GoldenFile.Unpack<double>(effective), Effective.Of(result, 0));
    }
}
