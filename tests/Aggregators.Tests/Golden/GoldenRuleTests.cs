using System.Text;
using System.Text.Json;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Golden;

/// <summary>Compares with what tests/Golden/make_golden_rules.py computed by numpy and torch: weighers, server optimisers over rounds, stale changes, masks, seeds, LoRA-FAIR's variants.</summary>
public sealed class GoldenRuleTests(ITestOutputHelper output)
{
    static readonly JsonElement Cases = GoldenFile.Cases("rules.json");

    public static TheoryData<string> Names => [.. Cases.EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Fold_EveryGoldenResultOfACase_Agrees(string name)
    {
        var c = Cases.EnumerateArray().Single(x => x.GetProperty("name").GetString() == name);
        foreach (var expected in c.GetProperty("expected").EnumerateArray())
        {
            var text = expected.GetProperty("spec").GetRawText();
            var result = Run(FoldSpec.Parse(Encoding.UTF8.GetBytes(text)), Input(c), expected.GetProperty("rounds").GetInt32());
            foreach (var tensor in expected.GetProperty("tensors").EnumerateObject())
                GoldenFile.Near($"{name}, {text}, {tensor.Name}", tensor.Value, result.Tensors[result.Tensors.Layout.Find(tensor.Name)!]);
            foreach (var state in expected.GetProperty("state").EnumerateObject())
                GoldenFile.Near($"{name}, {text}, state {state.Name}", state.Value, result.State[state.Name]);
            if (expected.TryGetProperty("effective", out var effective))
                GoldenFile.Near($"{name}, {text}, effective", GoldenFile.Unpack<double>(effective), Effective.Of(result, 0));
        }
    }

    [Fact]
    public void Cases_OfTheFiles_AreCountedAndCoverEveryStrategy()
    {
        var (products, rules) = (Count(GoldenFile.Cases("product.json")), Count(Cases));
        Tally.Of(output, "golden", $"{products + rules} results of numpy and torch agree ({products} of product rules, {rules} of the others).");
        var texts = string.Concat(GoldenFile.Cases("product.json").GetRawText(), Cases.GetRawText());
        // What these cannot name is the default, which every other result goes through.
        string[] defaults = ["samples", "none", "mean", "replay", "fed-sb", "lora-a2", "fedbuff", "hetlora"];
        Assert.All(Enum.GetValues<StrategyKind>().SelectMany(StrategyCatalog.Default.Of).Select(s => s.Name).Except(defaults), s => Assert.Contains($"\"{s}\"", texts));
        Assert.All(["fed-sb", "lora-a2", "fedbuff", "hetlora", "federa", "slora"], b => Assert.Contains($"\"bundle\": \"{b}\"", texts));
    }

    static int Count(JsonElement cases) => cases.EnumerateArray().Sum(c => c.GetProperty("expected").GetArrayLength());

    static FoldResult Run(FoldSpec spec, FoldInput input, int rounds)
    {
        var fold = new Fold(StrategyCatalog.Default.Compose(spec));
        var result = fold.Run(input, new FoldLimits());
        for (var round = 1; round < rounds; round++)
            result = fold.Run(input with { Previous = result.Tensors, State = result.State, Round = input.Round + round }, new FoldLimits());
        return result;
    }

    static FoldInput Input(JsonElement c)
    {
        var rank = c.GetProperty("rank").GetInt32();
        var schema = new AdapterSchema(Schemas.BaseDigest, "vit", rank, [.. c.GetProperty("groups").EnumerateArray().Select(g => Group(g, c.GetProperty("alpha").GetDouble()))]);
        var layout = AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, rank));
        AdapterTensors[] versions = [.. c.GetProperty("versions").EnumerateArray().Select(v => Tensors(layout, v))];
        var newest = versions.Length - 1;
        var clients = c.GetProperty("clients").EnumerateArray().Select((k, i) => (Start: k.GetProperty("start").GetInt32(), Contribution:
            new Contribution($"site-{i:d2}", k.GetProperty("samples").GetDouble(), layout, new DenseDelta(Tensors(layout, k.GetProperty("deltas"))))));
        return new FoldInput(versions[newest], [.. clients.Select(k => k.Start == newest ? k.Contribution : k.Contribution with { Start = versions[k.Start], Staleness = newest - k.Start })])
        {
            Round = c.GetProperty("round").GetInt64(),
        };
    }

    static TensorGroup Group(JsonElement g, double alpha)
    {
        var (name, algebra) = (g.GetProperty("name").GetString()!, Enum.Parse<Algebra>(g.GetProperty("algebra").GetString()!));
        return new TensorGroup(name, new Site(SiteKind.Linear, name), algebra, [.. g.GetProperty("tensors").EnumerateArray().Select(Spec)])
        {
            Product = algebra == Algebra.Product ? new ProductForm("lora_B", "lora_A", alpha, false) : null,
        };
    }

    static TensorSpec Spec(JsonElement t) => new(t.GetProperty("name").GetString()!, t.GetProperty("role").GetString()!,
        [.. t.GetProperty("shape").EnumerateArray().Select(s => s.ValueKind == JsonValueKind.String ? Axis.Rank : Axis.Of(s.GetInt32()))]);

    static AdapterTensors Tensors(AdapterLayout layout, JsonElement values)
    {
        var tensors = new AdapterTensors(layout);
        foreach (var tensor in layout.Tensors)
            GoldenFile.Unpack<float>(values.GetProperty(tensor.Name)).CopyTo(tensors[tensor]);
        return tensors;
    }
}
