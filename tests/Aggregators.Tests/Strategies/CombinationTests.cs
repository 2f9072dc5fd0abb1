using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies;

/// <summary>Every weigher with every product rule and every server optimiser: what the parts give one by one, or a refusal that names the part.</summary>
public sealed class CombinationTests
{
    static readonly StrategyCatalog Catalog = StrategyCatalog.Default;
    static readonly HashSet<string> OneFactor = ["ffa-lora", "rolora", "fedsvd", "lora-a2"];

    public static TheoryData<string> Weighers => [.. Catalog.Of(StrategyKind.Weigher).Select(s => s.Name)];

    static FoldCase Case(string product)
    {
        var c = new FoldCase(40, 7, 3, 6, [(9, 8)], 0.3);
        foreach (var delta in c.Deltas)
        {
            if (OneFactor.Contains(product))
                delta[0].Clear();
            if (product == "fedsa-lora")
                delta[1].Clear();
        }
        return c;
    }

    [Theory]
    [MemberData(nameof(Weighers))]
    public void Weigher_WithEveryRuleAndOptimiser_GivesWhatThePartsGiveOrARefusal(string weigher)
    {
        var refused = 0;
        foreach (var product in Catalog.Of(StrategyKind.Product))
        {
            var c = Case(product.Name);
            // The rule under the weigher's weights, once for the product and once for the head, whose weights may differ.
            var weights = c.Run(new FoldSpec { Weigher = new(weigher) }).Weights;
            var proposed = new[] { 0, 1 }.Select(group => new Fold(Catalog.Compose(new FoldSpec { Product = new(product.Name) })).Run(
                c.Input with { Contributions = [.. c.Input.Contributions.Zip(weights, (k, w) => k with { Samples = w.Groups[group] })] }, new FoldLimits())).ToArray();
            foreach (var optimiser in Catalog.Of(StrategyKind.ServerOptimiser))
            {
                var spec = new FoldSpec { Weigher = new(weigher), Product = new(product.Name), ServerOptimiser = new(optimiser.Name) };
                var refusals = Catalog.Refusals(spec, new FoldRequirements(), c.Schema);
                if (optimiser.Capabilities.NeedsGauge && !product.Capabilities.KeepsGauge)
                {
                    Assert.Contains($"'{product.Name}' gives them a new basis", Assert.Single(refusals));
                    refused++;
                    continue;
                }
                if (optimiser.Capabilities.NeedsMeans && !product.Capabilities.PublishesMeans)
                {
                    Assert.Contains($"'{product.Name}' does not publish", Assert.Single(refusals));
                    refused++;
                    continue;
                }
                Assert.Empty(refusals);
                var result = c.Run(spec);
                Assert.Equal(proposed[0].Offsets.Count, result.Offsets.Count);
                foreach (var tensor in c.Layout.Tensors)
                {
                    for (var i = 0; i < tensor.Elements; i++)
                    {
                        var (previous, rule) = (c.Previous[tensor][i], proposed[tensor.Group].Tensors[tensor][i]);
                        Assert.Equal(FirstStep(optimiser.Name, previous, rule), result.Tensors[tensor][i], 1e-5 * (1 + Math.Abs(rule)));
                    }
                }
            }
        }
        Assert.True(refused > 0);
    }

    /// <summary>The published recurrences from zero memory.</summary>
    static double FirstStep(string optimiser, double previous, double proposed)
    {
        var d = proposed - previous;
        double Adaptive(double eta, double beta1, double v) => previous + eta * (1 - beta1) * d / (Math.Sqrt(v) + 1e-3);
        return optimiser switch
        {
            "fedadam" => Adaptive(0.1, 0.9, 0.99 * 1e-6 + 0.01 * d * d),
            "fedyogi" => Adaptive(0.01, 0.9, 1e-6 - 0.01 * d * d * Math.Sign(1e-6 - d * d)),
            "fedadagrad" => Adaptive(0.1, 0, 1e-6 + d * d),
            _ => proposed,
        };
    }

    /// <summary>What a rule calls asynchronous must hold: stale changes against other bases are added as products, or the rule refuses them.</summary>
    [Theory]
    [MemberData(nameof(ProductRuleConformanceTests.Names), MemberType = typeof(ProductRuleConformanceTests))]
    public void Product_StaleChangesAtWholeRank_AreAddedOrRefused(string product)
    {
        var c = new FoldCase(41, 4, 5, 0, [(5, 7)], 0.3, uniform: true);
        var start = Noise.Tensors(new Random(42), c.Layout);
        // A rule that keeps one factor has it in common between the versions, and the clients do not train it.
        var kept = OneFactor.Contains(product) || product == "ffa-lora" ? 0 : product == "fedsa-lora" ? 1 : -1;
        if (kept >= 0)
        {
            c.Previous[kept].CopyTo(start[kept]);
            foreach (var delta in c.Deltas)
                delta[kept].Clear();
        }
        var fold = new Fold(Catalog.Compose(new FoldSpec { Product = new(product) }));
        var input = c.Input with { Contributions = [.. c.Input.Contributions.Select(k => k with { Staleness = 2, Start = start })] };
        if (!Catalog.Of(StrategyKind.Product).Single(s => s.Name == product).Capabilities.Asynchronous)
        {
            Assert.Contains($"'{product}' needs all clients to start from the previous version", Assert.Throws<FoldRefusedException>(() => fold.Run(input, new FoldLimits())).Message);
            Assert.Contains($"'{product}'", Assert.Single(Catalog.Refusals(new FoldSpec { Product = new(product) }, new FoldRequirements { Asynchronous = true }, c.Schema)));
            return;
        }
        Dense Product(AdapterTensors x) => Dense.Of(x[1], 5, 5) * Dense.Of(x[0], 5, 7);
        Dense Moved(AdapterTensors x, AdapterTensors by) => (Dense.Of(x[1], 5, 5) + Dense.Of(by[1], 5, 5)) * (Dense.Of(x[0], 5, 7) + Dense.Of(by[0], 5, 7));
        // Where a site keeps its own B, the change is the one it sees with the B that the version carries.
        var from = kept == 1 ? c.Previous : start;
        var expected = Product(c.Previous) + 0.25 * Dense.Sum(c.Deltas.Select(d => Moved(from, d) - Product(from)));
        var published = Product(fold.Run(input, new FoldLimits()).Tensors);
        Assert.True((expected - published).Norm <= 2e-6 * expected.Norm, $"{(expected - published).Norm:g3} of {expected.Norm:g3}");
    }

    [Fact]
    public void Refusals_EachRequirement_NamesEveryPartThatLacksItAndNoOther()
    {
        var schema = Schemas.Lora(4, 2, (5, 5));
        (FoldRequirements Needs, Func<Capabilities, StrategyKind, bool> Has)[] requirements =
        [
            (new() { LinearSum = true }, (can, _) => can.LinearSum),
            (new() { MixedRanks = true }, (can, _) => can.MixedRanks),
            (new() { Asynchronous = true }, (can, _) => can.Asynchronous),
            (new() { FixedBase = true }, (can, _) => !can.AddsOffsets),
            (new() { Clients = 10, MaxDownLink = 2 }, (can, kind) => kind != StrategyKind.Product || can.DownLink.Fixed + 10 * can.DownLink.PerClient <= 2),
        ];
        foreach (var (needs, has) in requirements)
        {
            foreach (var weigher in Catalog.Of(StrategyKind.Weigher))
            {
                foreach (var product in Catalog.Of(StrategyKind.Product))
                {
                    foreach (var affine in Catalog.Of(StrategyKind.Affine))
                    {
                        var refusals = Catalog.Refusals(new FoldSpec { Weigher = new(weigher.Name), Product = new(product.Name), Affine = new(affine.Name) }, needs, schema);
                        var lacking = new[] { (StrategyKind.Weigher, weigher), (StrategyKind.Product, product), (StrategyKind.Affine, affine) }.Where(s => !has(s.Item2.Capabilities, s.Item1));
                        Assert.Equal(lacking.Select(s => $"{s.Item1} strategy '{s.Item2.Name}'"), refusals.Select(r => r[..(r.IndexOf('\'', r.IndexOf('\'') + 1) + 1)]));
                    }
                }
            }
        }
    }
}
