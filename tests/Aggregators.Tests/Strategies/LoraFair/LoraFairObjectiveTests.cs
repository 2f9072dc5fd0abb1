using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies.LoraFair;

/// <summary>Both closed forms against what the paper does: gradient steps on the dense objective, from D = 0.</summary>
public sealed class LoraFairObjectiveTests
{
    static (Dense B, Dense A) Fold(FoldCase c, string options) => new ProductOracle(c).Published(c.Run(new FoldSpec { Product = new("lora-fair", options) }));

    static double Dot(Dense x, Dense y) => Enumerable.Range(0, x.Rows).Sum(i => Enumerable.Range(0, x.Columns).Sum(j => x[i, j] * y[i, j]));

    /// <summary>Gradient descent with the step that the last two gradients suggest (Barzilai and Borwein).</summary>
    static Dense Descend(Dense start, Func<Dense, Dense> gradient)
    {
        var (x, g) = (start, gradient(start));
        var step = 1e-3 / Math.Max(g.Norm, 1e-12);
        for (var i = 0; i < 20_000 && g.Norm > 1e-13; i++)
        {
            var next = x - step * g;
            var slope = gradient(next);
            var (moved, turned) = (next - x, slope - g);
            step = Dot(moved, moved) / Math.Max(Math.Abs(Dot(moved, turned)), 1e-300);
            (x, g) = (next, slope);
        }
        return x;
    }

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.05)]
    [InlineData(3, 2)]
    public void Frobenius_GradientStepsFromZero_EndAtTheClosedForm(int seed, double drift)
    {
        var c = new FoldCase(seed, 5, 3, 0, [(9, 8)], drift);
        var o = new ProductOracle(c);
        var lambda = 0.01 * o.GramUnit;
        var descended = Descend(o.B, x => 2.0 * ((x * o.A - o.M) * o.A.T + lambda * (x - o.B)));
        var (b, _) = Fold(c, """{"max_correction":1e300}""");
        Assert.True((b - descended).Norm <= 1e-6 * o.B.Norm, $"{(b - descended).Norm:g3} of {(descended - o.B).Norm:g3}");
    }

    [Theory]
    [InlineData(4, 0.5, 0.01)]
    [InlineData(5, 0.05, 0.01)]
    [InlineData(6, 1, 0.001)]
    [InlineData(7, 0.5, 1)]
    [InlineData(8, 0.3, 100)]
    public void Cosine_GradientStepsFromZero_EndAtTheFixedPoint(int seed, double drift, double lambda)
    {
        var c = new FoldCase(seed, 5, 3, 0, [(9, 8)], drift);
        var o = new ProductOracle(c);
        var (b, a) = Fold(c, FormattableString.Invariant($$"""{"objective":"cosine","lambda":{{lambda:r}},"max_correction":1e300}"""));
        double Objective(Dense x) => 1 - Dot(o.M, x * o.A) / (o.M.Norm * (x * o.A).Norm) + lambda * Dot(x - o.B, x - o.B);
        var descended = Descend(o.B, x =>
        {
            var product = x * o.A;
            var (s, q) = (Dot(o.M, product), product.Norm);
            return -1 / (o.M.Norm * q) * ((o.M - s / (q * q) * product) * o.A.T) + 2 * lambda * (x - o.B);
        });
        Assert.True((a - o.A).Norm <= 1e-7 * o.A.Norm);
        Assert.True((b - descended).Norm <= 1e-5 * (descended - o.B).Norm + 1e-6 * o.B.Norm, $"{(b - descended).Norm:g3} of {(descended - o.B).Norm:g3}");
        Assert.True(Objective(b) < Objective(o.B));
    }

    [Fact]
    public void Cosine_SmallDrift_IsTheRidgeOfTwiceLambdaTimesTheSquaredNorm()
    {
        var c = new FoldCase(9, 5, 3, 0, [(12, 10)], 0.02);
        var o = new ProductOracle(c);
        var (cosine, _) = Fold(c, """{"objective":"cosine","lambda":0.01}""");
        var ridge = o.Correction(0.02 * o.M.Norm * o.M.Norm);
        // The ridge also repairs the length of the product, of which the cosine knows nothing.
        Assert.True((cosine - o.B - ridge).Norm <= 0.15 * ridge.Norm, $"{(cosine - o.B - ridge).Norm:g3} of {ridge.Norm:g3}");
    }

    [Fact]
    public void Cosine_LambdaToInfinityOrOneClient_IsFedIt()
    {
        var c = new FoldCase(10, 4, 3, 5, [(12, 10)], 0.5);
        Assert.Equal(c.Run("fedit").Tensors.Values.ToArray(), c.Run(new FoldSpec { Product = new("lora-fair", """{"objective":"cosine","lambda":1e12}""") }).Tensors.Values.ToArray());
        var one = new FoldCase(11, 1, 3, 0, [(12, 10)], 0.5);
        var o = new ProductOracle(one);
        var (b, _) = Fold(one, """{"objective":"cosine"}""");
        Assert.True((b - o.B).Norm <= 1e-6 * o.B.Norm);
    }

    [Fact]
    public void Cosine_UpdateThatPointsAway_FallsBackToFedItAndSaysWhy()
    {
        // Two clients whose factors have opposite signs against a mean of which little is left.
        var c = new FoldCase(12, 2, 1, 0, [(4, 4)], 0, uniform: true);
        foreach (var tensor in c.Layout.Tensors)
        {
            for (var i = 0; i < tensor.Elements; i++)
            {
                c.Previous[tensor][i] = tensor.Role == "lora_A" ? 0.1f : -0.1f;
                c.Deltas[0][tensor][i] = 1;
                c.Deltas[1][tensor][i] = -1;
            }
        }
        var result = c.Run(new FoldSpec { Product = new("lora-fair", """{"objective":"cosine","lambda":100}""") });
        Assert.Contains("fixed point was not reached", result.Diagnostics[0].Fallback);
        Assert.Equal(c.Run("fedit").Tensors.Values.ToArray(), result.Tensors.Values.ToArray());
    }

    [Fact]
    public void Compose_CosineWithARelativeLambda_IsRefused() => Assert.Contains("lambda_mode",
        Assert.Throws<FormatException>(() => StrategyCatalog.Default.Compose(new FoldSpec { Product = new("lora-fair", """{"objective":"cosine","lambda_mode":"relative-to-gram"}""") })).Message);
}
