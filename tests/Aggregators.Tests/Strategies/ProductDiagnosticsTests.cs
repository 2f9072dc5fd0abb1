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
        var c = new FoldCase(1, 6, 4, 3, [(32, 24), (20, 250)], 0.4);
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

    static void Close(double expected, double? actual) => Assert.InRange(actual!.Value, expected * (1 - 1e-5), expected * (1 + 1e-5));
}
