using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies;

/// <summary>Every product rule against its equation on dense fp64 matrices, over random shapes, ranks, scales (alpha, rsLoRA) and weights; and what must not matter.</summary>
public sealed class RuleOracleTests
{
    // Which factor is averaged by rules that keep the other.
    static readonly Dictionary<string, string> OneFactor = new() { ["ffa-lora"] = "lora_B", ["rolora"] = "lora_B", ["lora-a2"] = "lora_B", ["fedsvd"] = "lora_B", ["fedsa-lora"] = "lora_A" };

    /// <summary>What the published s B A (with offsets) is to be, without s; rules that publish a best product are held to the error of the singular values instead.</summary>
    static readonly Dictionary<string, Func<RandomRound, Dense>> Products = new()
    {
        ["fedit"] = o => o.B * o.A,
        ["frlora"] = o => o.B * o.A,
        ["flora"] = o => o.M,
        ["fedex-lora"] = o => o.M,
        ["lora-fair"] = LoraFair,
        ["balanced-ba"] = BalancedBa,
        ["ffa-lora"] = o => o.B * o.PreviousA,
        ["rolora"] = o => o.B * o.PreviousA,
        ["lora-a2"] = o => o.B * o.PreviousA,
        ["fedsvd"] = o => o.B * o.PreviousA,
        ["fedsa-lora"] = o => o.PreviousB * o.A,
        ["median"] = o => o.ByCoordinate(Median),
        ["trimmed-mean"] = o => o.ByCoordinate(x => { var cut = (int)(0.2 * x.Length); return x[cut..^cut].Average(); }),
        ["bulyan"] = o => o.ByCoordinate(x => x.Average()),
        ["flexlora"] = o => o.M,
        ["fedbuff"] = o => o.M,
    };

    static readonly HashSet<string> BestProduct = ["flexlora", "fedbuff"];

    public static TheoryData<string> Rules => [.. StrategyCatalog.Default.Of(StrategyKind.Product).Select(s => s.Name)];

    static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    static Dense Ridge(Dense right, Dense gram, double relative) =>
        right.Over(gram + relative * Enumerable.Range(0, gram.Rows).Sum(i => gram[i, i]) / gram.Rows * Dense.Identity(gram.Rows));

    static Dense LoraFair(RandomRound o)
    {
        var d = Ridge((o.M - o.B * o.A) * o.A.T, o.A * o.A.T, 0.01);
        return d.Norm <= 10 * o.B.Norm ? (o.B + d) * o.A : o.B * o.A;
    }

    static Dense BalancedBa(RandomRound o)
    {
        var b = o.B + Ridge((o.M - o.B * o.A) * o.A.T, o.A * o.A.T, 0.01);
        var gram = b.T * b;
        var lambda = 0.01 * Enumerable.Range(0, gram.Rows).Sum(i => gram[i, i]) / gram.Rows;
        return b * (b.T * o.M + lambda * o.A).T.Over(gram + lambda * Dense.Identity(gram.Rows)).T;
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Fold_RandomRounds_EqualTheDenseEquation(string rule)
    {
        var mixed = StrategyCatalog.Default.Of(StrategyKind.Product).Single(s => s.Name == rule).Capabilities.MixedRanks && rule != "fedbuff";
        for (var seed = 0; seed < 12; seed++)
        {
            var o = new RandomRound(1000 + seed, mixed && seed % 2 == 1, OneFactor.GetValueOrDefault(rule));
            var expected = o.Scale * Products[rule](o);
            var published = o.Effective(o.Run(new FoldSpec { Product = new(rule) }));
            var error = (expected - published).Norm;
            var best = BestProduct.Contains(rule) ? Math.Sqrt(expected.SingularValues().Skip(o.Rank).Sum(s => s * s)) : 0;
            Assert.True(error <= 1.001 * best + 1e-5 * (expected.Norm + o.Scale * o.B.Norm * o.A.Norm), $"seed {seed}, {o}: {error:g3} of {expected.Norm:g3}, best {best:g3}");
        }
    }

    [Fact]
    public void Fold_HetLoraRandomRounds_WeighByTheNormOfEachProduct()
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var o = new RandomRound(2000 + seed, seed % 2 == 1, null);
            double[] norms = [.. o.Ak.Select((a, k) => (o.Bk[k] * a).Norm)];
            double[] p = [.. norms.Select(n => n / norms.Sum())];
            var expected = o.Scale * (Dense.Sum(o.Bk.Select((b, k) => p[k] * b)) * Dense.Sum(o.Ak.Select((a, k) => p[k] * a)));
            Assert.True((expected - o.Effective(o.Run(FoldSpec.Of("hetlora")))).Norm <= 1e-5 * (expected.Norm + o.Scale * o.B.Norm * o.A.Norm), $"seed {seed}, {o}");
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Fold_FactorsInOtherUnits_GiveTheProductInThoseUnits(string rule)
    {
        var o = new RandomRound(3000, false, OneFactor.GetValueOrDefault(rule));
        var expected = o.Effective(o.Run(new FoldSpec { Product = new(rule) }));
        o.Rescale(32, 1 / 8f);
        var scaled = o.Effective(o.Run(new FoldSpec { Product = new(rule) }));
        Assert.True((4.0 * expected - scaled).Norm <= 1e-5 * scaled.Norm, $"{(4.0 * expected - scaled).Norm:g3} of {scaled.Norm:g3}");
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Fold_ContributionsInAnyOrder_GiveTheSameBits(string rule)
    {
        var o = new RandomRound(4000, false, OneFactor.GetValueOrDefault(rule));
        var fold = new Fold(StrategyCatalog.Default.Compose(new FoldSpec { Product = new(rule) }));
        var (expected, turned) = (fold.Run(o.Input, new FoldLimits()), fold.Run(o.Input with { Contributions = [.. o.Input.Contributions.Reverse()] }, new FoldLimits()));
        Assert.Equal(expected.Tensors.Values.ToArray(), turned.Tensors.Values.ToArray());
        Assert.Equal(expected.Offsets.SelectMany(x => x.Left.Concat(x.Right)), turned.Offsets.SelectMany(x => x.Left.Concat(x.Right)));
    }
}
