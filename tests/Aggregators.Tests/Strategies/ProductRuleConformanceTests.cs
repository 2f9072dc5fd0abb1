using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies;

/// <summary>Properties that every product rule must have, over the whole catalogue.</summary>
public sealed class ProductRuleConformanceTests
{
    // The factor that a rule averages, where it keeps the other as it is.
    static readonly Dictionary<string, string> OneFactor = new() { ["ffa-lora"] = "lora_B", ["rolora"] = "lora_B", ["lora-a2"] = "lora_B", ["fedsvd"] = "lora_B", ["fedsa-lora"] = "lora_A" };

    public static TheoryData<string> Names => [.. StrategyCatalog.Default.Of(StrategyKind.Product).Select(s => s.Name)];

    static FoldCase Case(string strategy, int seed, int clients)
    {
        var c = new FoldCase(seed, clients, 4, 0, [(33, 25), (12, 40)], 0.4);
        foreach (var tensor in c.Layout.Tensors.Where(t => OneFactor.GetValueOrDefault(strategy, t.Role) != t.Role))
        {
            foreach (var delta in c.Deltas)
                delta[tensor].Clear();
        }
        return c;
    }

    static void NearlyEqual(Dense expected, double[] actual, double relative)
    {
        var distance = Math.Sqrt(Enumerable.Range(0, actual.Length).Sum(i => Math.Pow(actual[i] - expected[i / expected.Columns, i % expected.Columns], 2)));
        Assert.True(distance <= relative * expected.Norm, $"differs by {distance:g3} of {expected.Norm:g3}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fold_IdenticalClients_GivesTheirProduct(string strategy)
    {
        var c = Case(strategy, 1, 5);
        foreach (var delta in c.Deltas)
        {
            foreach (var tensor in c.Layout.Tensors)
                c.Deltas[0][tensor].CopyTo(delta[tensor]);
        }
        var result = c.Run(new FoldSpec { Product = new(strategy) });
        for (var g = 0; g < 2; g++)
        {
            var o = new ProductOracle(c, g);
            NearlyEqual(4.0 * (o.Bk[0] * o.Ak[0]), Effective.Of(result, g), 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fold_RuleThatCallsItselfExact_GivesTheMeanOfTheProducts(string strategy)
    {
        var c = Case(strategy, 2, 5);
        var exact = StrategyCatalog.Default.Of(StrategyKind.Product).Single(s => s.Name == strategy).Capabilities.Exact;
        var result = c.Run(new FoldSpec { Product = new(strategy) });
        for (var g = 0; g < 2 && exact; g++)
        {
            NearlyEqual(4.0 * new ProductOracle(c, g).M, Effective.Of(result, g), 1e-6);
            Assert.True(result.Diagnostics[g].ProductError < 1e-5);
        }
        Assert.All(result.Diagnostics, d => Assert.True(exact || OneFactor.ContainsKey(strategy) || d.ProductError > 1e-3));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fold_RuleThatAddsOffsets_SaysSo(string strategy)
    {
        var adds = StrategyCatalog.Default.Of(StrategyKind.Product).Single(s => s.Name == strategy).Capabilities.AddsOffsets;
        Assert.Equal(adds, Case(strategy, 3, 5).Run(new FoldSpec { Product = new(strategy) }).Offsets.Count > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fold_RuleForMixedRanks_EqualsPaddedClientsOfTheSameEffect(string strategy)
    {
        // FedBuff counts changes: what a client of lower rank lacks is unchanged there, not zero (see FedBuffTests).
        if (strategy == "fedbuff" || !StrategyCatalog.Default.Of(StrategyKind.Product).Single(s => s.Name == strategy).Capabilities.MixedRanks)
            return;
        // A rank-1 client against a rank-4 client whose other rows and columns are zero; rank 1 has four times the scale.
        var c = new FoldCase(4, 3, 4, 0, [(9, 8)], 0.4);
        var small = AdapterLayout.Of(c.Schema, AdapterPlan.Uniform(c.Schema, 1));
        var own = Noise.Tensors(new Random(5), small, 0.4);
        var wide = new AdapterTensors(c.Layout);
        for (var i = 0; i < 4 * 8; i++)
            wide[0][i] = i < 8 ? own[0][i] : -c.Previous[0][i];
        for (var i = 0; i < 9 * 4; i++)
            wide[1][i] = i % 4 == 0 ? 4 * own[1][i / 4] : -c.Previous[1][i];
        FoldResult Run(Contribution client) => new Fold(StrategyCatalog.Default.Compose(new FoldSpec { Product = new(strategy) }))
            .Run(c.Input with { Contributions = [.. c.Input.Contributions.Take(2), client] }, new FoldLimits());
        var mixed = Effective.Of(Run(new Contribution("z", 100, small, new DenseDelta(own))), 0);
        var padded = Effective.Of(Run(new Contribution("z", 100, c.Layout, new DenseDelta(wide))), 0);
        Assert.All(mixed.Zip(padded), p => Assert.Equal(p.Second, p.First, 2e-5));
    }

    [Theory]
    [InlineData("flexlora", true)]
    [InlineData("fedbuff", true)]
    [InlineData("flora", true)]
    [InlineData("fedex-lora", true)]
    [InlineData("fedit", false)]
    public void Fold_EachClientInItsOwnGauge_ChangesOnlyRulesThatAverageFactors(string strategy, bool invariant)
    {
        var c = new FoldCase(6, 4, 2, 0, [(9, 8)], 0.4);
        var expected = Effective.Of(c.Run(new FoldSpec { Product = new(strategy) }), 0);
        for (var k = 0; k < c.Deltas.Length; k++)
            Rotate(c, c.Deltas[k], 0.7 * (k + 1));
        var actual = Effective.Of(c.Run(new FoldSpec { Product = new(strategy) }), 0);
        var distance = Math.Sqrt(expected.Zip(actual, (x, y) => (x - y) * (x - y)).Sum() / expected.Sum(x => x * x));
        Assert.True(invariant ? distance < 1e-5 : distance > 1e-2, $"differs by {distance:g3}");
    }

    // (B, A) becomes (B Q^T, Q A) with a rotation Q of the plane.
    static void Rotate(FoldCase c, AdapterTensors delta, double angle)
    {
        var (cos, sin) = (Math.Cos(angle), Math.Sin(angle));
        for (var j = 0; j < 8; j++)
        {
            var (x, y) = ((double)c.Previous[0][j] + delta[0][j], (double)c.Previous[0][8 + j] + delta[0][8 + j]);
            delta[0][j] = (float)(cos * x - sin * y - c.Previous[0][j]);
            delta[0][8 + j] = (float)(sin * x + cos * y - c.Previous[0][8 + j]);
        }
        for (var i = 0; i < 9; i++)
        {
            var (x, y) = ((double)c.Previous[1][2 * i] + delta[1][2 * i], (double)c.Previous[1][2 * i + 1] + delta[1][2 * i + 1]);
            delta[1][2 * i] = (float)(cos * x - sin * y - c.Previous[1][2 * i]);
            delta[1][2 * i + 1] = (float)(sin * x + cos * y - c.Previous[1][2 * i + 1]);
        }
    }

    [Fact]
    public void Fold_FlexLoraAtLargeSize_IsAsGoodAsTheBestProduct()
    {
        var c = new FoldCase(7, 6, 6, 0, [(200, 150)], 0.6);
        var o = new ProductOracle(c);
        double Error(string strategy) => new Func<(Dense B, Dense A), double>(x => (o.M - x.B * x.A).Norm)(o.Published(c.Run(new FoldSpec { Product = new(strategy) })));
        var (flex, balanced, fair, fedit) = (Error("flexlora"), Error("balanced-ba"), Error("lora-fair"), Error("fedit"));
        Assert.True(flex <= balanced * 1.0001 && balanced <= fair && fair <= fedit, $"{flex} {balanced} {fair} {fedit}");
    }

    [Fact]
    public void PlanFor_AlternatingRule_TrainsOneFactorInTurnsAndNeverAFrozenGroup()
    {
        var schema = Schemas.Lora(4, 3, (5, 4), (5, 4));
        var groups = AdapterPlan.Uniform(schema, 2).Groups.ToDictionary();
        groups["layer.1"] = groups["layer.1"] with { Trained = [] };
        var plan = new AdapterPlan(0, groups);
        var rolora = StrategyCatalog.Default.Compose(FoldSpec.Of("rolora"));
        var even = rolora.PlanFor(schema, plan, 0);
        var odd = rolora.PlanFor(schema, even, 1);
        Assert.Equal(["lora_B"], even.Groups["layer.0"].Trained);
        Assert.Equal(["lora_A"], odd.Groups["layer.0"].Trained);
        Assert.Equal([1, 2], [even.Version, odd.Version]);
        Assert.Equal([], odd.Groups["layer.1"].Trained);
        Assert.Null(odd.Groups["head"].Trained);
        Assert.Same(odd, rolora.PlanFor(schema, odd, 3));
        Assert.Same(plan, StrategyCatalog.Default.Compose(FoldSpec.Of("fedit")).PlanFor(schema, plan, 0));
    }
}
