using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies;

public sealed class ProductDiagnosticsTests
{
    [Theory]
    [InlineData("fedit")]
    [InlineData("lora-fair")]
    public void Diagnostics_SmallGroup_EqualDenseOracle(string bundle)
    {
        var c = new FoldCase(1, 6, 4, 3, [(32, 24), (20, 61)], 0.4);
        var result = c.Run(bundle);
        for (var g = 0; g < 2; g++)
        {
            var (o, d) = (new ProductOracle(c, g), result.Diagnostics[g]);
            var bias = o.M - o.B * o.A;
            var projected = (bias * o.A.T).Over(o.Gram) * o.A;
            var (b, a) = o.Published(result);
            Close(bias.Norm / o.M.Norm, d.BiasRatio);
            Close(bias.Norm / (o.M - o.PreviousProduct).Norm, d.BiasToIncrement);
            Close(projected.Norm * projected.Norm / (bias.Norm * bias.Norm), d.RemovableShare);
            Close((o.M - b * a).Norm / o.M.Norm, d.ProductError);
            Close(EffectiveRank(b * a), d.EffectiveRank);
            double[] cosines = [.. Cosines(o)];
            Close(cosines.Min(), d.ClientCosineMin);
            Close(cosines.Average(), d.ClientCosineMean);
            Close(cosines.Max(), d.ClientCosineMax);
            if (bundle == "fedit")
                Close(d.BiasRatio!.Value, d.ProductError);
        }
        Assert.Null(result.Diagnostics[2].BiasRatio);
    }

    [Fact]
    public void Diagnostics_LargeGroup_AreEstimatedWithinTheirDeviation()
    {
        var c = new FoldCase(2, 5, 8, 0, [(300, 400)], 0.3);
        var result = c.Run("lora-fair");
        var (o, d) = (new ProductOracle(c), result.Diagnostics[0]);
        var (b, a) = o.Published(result);
        var exact = (o.M - o.B * o.A).Norm / o.M.Norm;
        Assert.InRange(d.BiasRatio!.Value / exact, 0.8, 1.25);
        Assert.InRange(d.ProductError!.Value / ((o.M - b * a).Norm / o.M.Norm), 0.8, 1.25);
        Assert.True(d.ProductError < d.BiasRatio);
    }

    [Fact]
    public void Diagnostics_SwitchedOff_ChangeNoBitOfTheResult()
    {
        var c = new FoldCase(3, 5, 4, 2, [(32, 24)]);
        var without = c.Run(FoldSpec.Of("lora-fair"), new FoldLimits(Diagnose: false));
        Assert.Equal(c.Run("lora-fair").Tensors.Values.ToArray(), without.Tensors.Values.ToArray());
        Assert.Null(without.Diagnostics[0].BiasRatio);
    }

    [Fact]
    public void Diagnostics_LargeGroup_CosinesAreEstimatedWithinTheirDeviation()
    {
        var c = new FoldCase(4, 6, 8, 0, [(300, 400)], 0.3);
        var (o, d) = (new ProductOracle(c), c.Run("lora-fair").Diagnostics[0]);
        double[] cosines = [.. Cosines(o)];
        Assert.InRange(d.ClientCosineMean!.Value - cosines.Average(), -0.05, 0.05);
        Assert.InRange(d.ClientCosineMin!.Value - cosines.Min(), -0.15, 0.15);
        Assert.InRange(d.ClientCosineMax!.Value - cosines.Max(), -0.15, 0.15);
    }

    [Fact]
    public void Diagnostics_ClientsThatAgreeOrOppose_HaveCosinesOfOneAndMinusOne()
    {
        var c = new FoldCase(5, 2, 3, 0, [(90, 70)], 0.3);
        c.Previous[0].Clear();
        for (var t = 0; t < 2; t++)
            c.Deltas[0][t].CopyTo(c.Deltas[1][t]);
        Assert.Equal(1, c.Run("fedit").Diagnostics[0].ClientCosineMin!.Value, 1e-6);
        // B is not opposed, so that the product is.
        for (var i = 0; i < c.Deltas[1][0].Length; i++)
            c.Deltas[1][0][i] = -c.Deltas[1][0][i];
        Assert.Equal(-1, c.Run("fedit").Diagnostics[0].ClientCosineMax!.Value, 1e-6);
    }

    static IEnumerable<double> Cosines(ProductOracle o)
    {
        Dense[] changes = [.. o.Ak.Zip(o.Bk, (a, b) => b * a - o.PreviousProduct)];
        for (var i = 0; i < changes.Length; i++)
        {
            for (var j = 0; j < i; j++)
                yield return changes[i].Dot(changes[j]) / (changes[i].Norm * changes[j].Norm);
        }
    }

    // Of the eigenvalues s^2 of X X^T: their sum squared over the sum of their squares.
    static double EffectiveRank(Dense x) => Math.Pow(x.Norm, 4) / Math.Pow((x * x.T).Norm, 2);

    static void Close(double expected, double? actual) => Assert.InRange(actual!.Value - expected, -1e-5 * Math.Abs(expected), 1e-5 * Math.Abs(expected));
}
