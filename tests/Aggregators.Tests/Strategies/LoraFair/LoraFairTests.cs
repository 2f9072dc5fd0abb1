using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies.LoraFair;

public sealed class LoraFairTests
{
    static FoldSpec Spec(string options) => new() { Product = new("lora-fair", options) };

    public static TheoryData<int, int, int, int, int, double> Random
    {
        get
        {
            var data = new TheoryData<int, int, int, int, int, double>();
            var random = new Random(20);
            for (var i = 0; i < 40; i++)
                data.Add(i, random.Next(1, 12), random.Next(1, 9), random.Next(1, 60), random.Next(1, 60), Math.Pow(10, random.NextDouble() * 4 - 3));
            data.Add(100, 3, 4, 24, 1024, 0.1);
            data.Add(101, 3, 4, 1025, 32, 0.1);
            data.Add(102, 3, 5, 32, 2051, 0.1);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Random))]
    public void Fold_RandomShapesRanksWeights_EqualsDenseOracle(int seed, int clients, int rank, int m, int n, double drift)
    {
        var c = new FoldCase(seed, clients, rank, 0, [(m, n)], drift);
        var result = c.Run(Spec("""{"lambda":0.05,"max_correction":1e300}"""));
        var o = new ProductOracle(c);
        var d = o.Correction(0.05 * o.GramUnit);
        var (b, a) = o.Published(result);
        Assert.True((a - o.A).Norm <= 1e-7 * o.A.Norm);
        Assert.True((b - (o.B + d)).Norm <= 1e-7 * o.B.Norm + 5e-6 * d.Norm + 1e-12, $"{(b - (o.B + d)).Norm} of {d.Norm}");
    }

    [Fact]
    public void Fold_OracleSize32x24Rank4_ErrorIsBelowFedItForEveryLambda()
    {
        var c = new FoldCase(1, 6, 4, 0, [(32, 24)], 0.5);
        var o = new ProductOracle(c);
        var fedit = (o.M - o.B * o.A).Norm;
        var last = 0.0;
        foreach (var lambda in new[] { 0, 1e-6, 1e-3, 1, 1e3, 1e9 })
        {
            var (b, a) = o.Published(c.Run(Spec(FormattableString.Invariant($$"""{"lambda":{{lambda:r}}}"""))));
            var error = (o.M - b * a).Norm;
            Assert.True(error <= fedit * (1 + 1e-6), $"lambda {lambda}: {error} against {fedit}");
            Assert.True(error >= last - 1e-6 * fedit, "The error grows with lambda.");
            last = error;
        }
    }

    [Fact]
    public void Fold_LambdaToInfinity_IsFedIt()
    {
        var c = new FoldCase(2, 5, 4, 7, [(32, 24)], 0.5);
        Assert.Equal(c.Run("fedit").Tensors.Values.ToArray(), c.Run(Spec("""{"lambda":1e12}""")).Tensors.Values.ToArray());
    }

    [Fact]
    public void Fold_LambdaToZero_IsTheProjectionOfTheIdealUpdate()
    {
        var c = new FoldCase(3, 5, 4, 0, [(32, 24)], 0.5);
        var o = new ProductOracle(c);
        var projected = (o.M * o.A.T).Over(o.Gram) * o.A;
        var (b, a) = o.Published(c.Run(Spec("""{"lambda":0}""")));
        // lambda is floored at 1e-6 tr(G)/r, which moves the product by about that share.
        Assert.True((b * a - projected).Norm <= 1e-5 * projected.Norm);
    }

    [Fact]
    public void Fold_ClientsWithEqualA_NeedNoCorrection()
    {
        var c = new FoldCase(4, 5, 4, 0, [(32, 24)], 0.5);
        foreach (var delta in c.Deltas)
            c.Deltas[0][0].CopyTo(delta[0]);
        var result = c.Run("lora-fair");
        Assert.True(result.Diagnostics[0].CorrectionRatio < 1e-7);
        Assert.True(result.Diagnostics[0].BiasRatio < 1e-7);
    }

    [Fact]
    public void Fold_ScaledFactors_GiveTheScaledResult()
    {
        // Powers of two scale exactly, so the bits must scale too: lambda must not depend on the layer's scale.
        var c = new FoldCase(5, 5, 4, 0, [(32, 24)], 0.5);
        var expected = c.Run("lora-fair").Tensors.Values.ToArray();
        foreach (var tensors in c.Deltas.Append(c.Previous))
        {
            foreach (ref var x in tensors[0])
                x *= 1024;
            foreach (ref var x in tensors[1])
                x /= 64;
        }
        var scaled = c.Run("lora-fair").Tensors;
        Assert.Equal(expected.Take(4 * 24), scaled[0].ToArray().Select(x => x / 1024));
        Assert.Equal(expected.Skip(4 * 24), scaled[1].ToArray().Select(x => x * 64));
    }

    [Theory]
    [InlineData("absolute")]
    [InlineData("relative-to-update")]
    [InlineData("relative-to-gram")]
    public void Fold_EachLambdaMode_EqualsTheOracleWithThatLambda(string mode)
    {
        var c = new FoldCase(6, 5, 4, 0, [(32, 24)], 0.5);
        var o = new ProductOracle(c);
        var unit = mode switch { "absolute" => 1, "relative-to-update" => o.M.Norm * o.M.Norm, _ => o.GramUnit };
        var (b, _) = o.Published(c.Run(Spec($$"""{"lambda":0.02,"lambda_mode":"{{mode}}"}""")));
        var d = o.Correction(0.02 * unit);
        Assert.True((b - (o.B + d)).Norm <= 1e-7 * o.B.Norm + 5e-6 * d.Norm);
    }

    [Fact]
    public void Fold_FirstRoundWithZeroB_CorrectsWithoutFallback()
    {
        var c = new FoldCase(7, 6, 4, 0, [(32, 24)], 0.05);
        c.Previous[1].Clear();
        var result = c.Run("lora-fair");
        Assert.Null(result.Diagnostics[0].Fallback);
        Assert.True(result.Diagnostics[0].ProductError < result.Diagnostics[0].BiasRatio);
    }

    [Fact]
    public void Fold_ZeroA_FallsBackToFedItAndSaysWhy()
    {
        var c = new FoldCase(8, 6, 4, 0, [(32, 24)]);
        foreach (var tensors in c.Deltas.Append(c.Previous))
            tensors[0].Clear();
        var result = c.Run("lora-fair");
        Assert.Contains("tr(G)/r is 0", result.Diagnostics[0].Fallback);
        Assert.Equal(c.Run("fedit").Tensors.Values.ToArray(), result.Tensors.Values.ToArray());
        Assert.Equal(double.PositiveInfinity, result.Diagnostics[0].GramCondition);
    }

    [Fact]
    public void Fold_CorrectionAboveCap_FallsBackToFedItAndSaysWhy()
    {
        var c = new FoldCase(9, 6, 4, 0, [(32, 24)], 0.5);
        var result = c.Run(Spec("""{"max_correction":1e-6}"""));
        Assert.Contains("above the cap 1e-06", result.Diagnostics[0].Fallback);
        Assert.Equal(c.Run("fedit").Tensors.Values.ToArray(), result.Tensors.Values.ToArray());
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(0)]
    public void Fold_NearlyCollinearRows_StaysBelowFedItsError(double spread)
    {
        // Rows of A that differ by 1e-6 of their size give G a condition of about 1e12.
        var c = new FoldCase(10, 6, 4, 0, [(32, 24)], 0.3);
        foreach (var tensors in c.Deltas.Append(c.Previous))
        {
            for (var i = 24; i < 4 * 24; i++)
                tensors[0][i] = (float)(tensors[0][i % 24] + spread * tensors[0][i]);
        }
        var o = new ProductOracle(c);
        var result = c.Run(Spec("""{"lambda":0}"""));
        var (b, a) = o.Published(result);
        Assert.True(result.Diagnostics[0].GramCondition > 1e11);
        Assert.True((o.M - b * a).Norm <= (o.M - o.B * o.A).Norm);
    }

    [Fact]
    public void Momentum_OverThreeRounds_EqualsTheRecurrence()
    {
        var c = new FoldCase(11, 3, 2, 4, [(9, 8)]);
        var plain = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("lora-fair")));
        var momentum = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("lora-fair-momentum")));
        var velocity = new double[c.Layout.TotalElements];
        var (theta, state) = (c.Previous, StrategyState.Empty);
        for (var round = 0; round < 3; round++)
        {
            var input = c.Input with { Previous = theta, State = state, Round = round };
            var proposed = plain.Run(input, new FoldLimits()).Tensors;
            var result = momentum.Run(input, new FoldLimits());
            for (var i = 0; i < velocity.Length; i++)
            {
                velocity[i] = proposed.Values[i] - (double)theta.Values[i] + 0.5 * velocity[i];
                Assert.Equal(theta.Values[i] + velocity[i], result.Tensors.Values[i], 2e-6);
            }
            (theta, state) = (result.Tensors, result.State);
        }
    }

    /// <summary>Weights that sum to a half, as where only half of the planned clients came: nothing cancels that a sum of 1 would cancel.</summary>
    [Fact]
    public void Fold_UnderAMechanismOfTwiceTheClients_SolvesWithTheSumsAroundTheirOwnMeans()
    {
        var c = new FoldCase(51, 5, 3, 0, [(14, 11)], 0.6, uniform: true);
        var result = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("lora-fair"))).Run(c.Input with { Mechanism = new Halves(10) }, new FoldLimits());
        Dense Factor(AdapterTensors x, int t) => Dense.Of(x[t], c.Layout.Tensors[t].Shape[0], c.Layout.Tensors[t].Shape[1]);
        Dense Mean(int t) => Dense.Sum(c.Deltas.Select(d => 0.1 * Factor(d, t)));
        var (a, b) = (Factor(c.Previous, 0) + Mean(0), Factor(c.Previous, 1) + Mean(1));
        var cross = Dense.Sum(c.Deltas.Select(d => 0.1 * ((Factor(d, 1) - Mean(1)) * ((Factor(d, 0) - Mean(0)) * a.T))));
        var gram = a * a.T;
        var corrected = b + cross.Over(gram + 0.01 * Enumerable.Range(0, 3).Sum(i => gram[i, i]) / 3 * Dense.Identity(3));
        Assert.True((corrected - Factor(result.Tensors, 1)).Norm <= 1e-6 * corrected.Norm);
        Assert.True((corrected - b).Norm > 1e-3 * corrected.Norm);
    }

    sealed class Halves(int planned) : Federated.Aggregators.Strategies.Sums.ISumMechanism
    {
        public int Planned => planned;

        public double Bound(double norm) => 1;

        public double TermBound(int groups) => 1e30;

        public void Disturb(string name, int pass, Span<double> sum)
        {
        }
    }
}
