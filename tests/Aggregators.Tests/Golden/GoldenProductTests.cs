using System.Runtime.InteropServices;
using System.Text.Json;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Golden;

/// <summary>Compares with what tests/Golden/make_golden.py computed by numpy and torch.</summary>
public sealed class GoldenProductTests(ITestOutputHelper output)
{
    static readonly JsonElement Cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "product.json"))).RootElement.GetProperty("cases");

    static T[] Unpack<T>(JsonElement element) where T : struct => MemoryMarshal.Cast<byte, T>(element.GetBytesFromBase64()).ToArray();

    static (FoldInput Input, AdapterLayout Layout) Input(JsonElement c)
    {
        var (m, n, rank) = (c.GetProperty("m").GetInt32(), c.GetProperty("n").GetInt32(), c.GetProperty("rank").GetInt32());
        var schema = Schemas.Lora(rank, 0, (m, n));
        var layout = AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, rank));
        var previous = new AdapterTensors(layout, [.. Unpack<float>(c.GetProperty("a0")), .. Unpack<float>(c.GetProperty("b0"))]);
        var ranks = c.GetProperty("ranks").EnumerateArray().Select(r => r.GetInt32());
        var contributions = c.GetProperty("deltas").EnumerateArray().Zip(ranks, c.GetProperty("samples").EnumerateArray()).Select((k, i) =>
        {
            var own = k.Second == rank ? layout : AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, k.Second));
            var delta = new AdapterTensors(own, [.. Unpack<float>(k.First.GetProperty("a")), .. Unpack<float>(k.First.GetProperty("b"))]);
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
        output.WriteLine($"{count} golden results agree.");
        Assert.True(count >= Cases.GetArrayLength());
    }

    static void Compare(string what, JsonElement expected, FoldResult result, AdapterLayout layout)
    {
        foreach (var tensor in layout.Tensors)
        {
            if (expected.TryGetProperty(tensor.Role == "lora_A" ? "a" : "b", out var packed))
                Near($"{what}, {tensor.Role}", Unpack<double>(packed), [.. result.Tensors[tensor].ToArray().Select(x => (double)x)]);
        }
        if (expected.TryGetProperty("effective", out var effective))
            Near($"{what}, effective", Unpack<double>(effective), Effective.Of(result, 0));
    }

    static void Near(string what, double[] expected, double[] actual)
    {
        var (distance, size) = (Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum()), Math.Sqrt(expected.Sum(e => e * e)));
        Assert.True(distance <= 2e-6 * size, $"{what}: differs by {distance:g3} of {size:g3}.");
    }
}
