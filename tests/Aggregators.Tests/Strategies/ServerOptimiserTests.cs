using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies;

public sealed class ServerOptimiserTests
{
    [Theory]
    [InlineData("fedadam", 0.1, 0.9, 0.99)]
    [InlineData("fedyogi", 0.01, 0.9, 0.99)]
    [InlineData("fedadagrad", 0.1, 0, 0)]
    public void Fold_OverThreeRounds_EqualsThePublishedRecurrence(string name, double eta, double beta1, double beta2)
    {
        var c = new FoldCase(11, 3, 2, 4, [(9, 8)]);
        var plain = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("fedit")));
        var adaptive = new Fold(StrategyCatalog.Default.Compose(new FoldSpec { ServerOptimiser = new(name) }));
        const double Tau = 1e-3;
        var (m, v) = (new double[c.Layout.TotalElements], new double[c.Layout.TotalElements]);
        Array.Fill(v, Tau * Tau);
        var (theta, state) = (c.Previous, StrategyState.Empty);
        for (var round = 0; round < 3; round++)
        {
            var input = c.Input with { Previous = theta, State = state };
            var proposed = plain.Run(input, new FoldLimits()).Tensors;
            var result = adaptive.Run(input, new FoldLimits());
            for (var i = 0; i < m.Length; i++)
            {
                var d = proposed.Values[i] - (double)theta.Values[i];
                m[i] = beta1 * m[i] + (1 - beta1) * d;
                v[i] = name switch
                {
                    "fedadam" => beta2 * v[i] + (1 - beta2) * d * d,
                    "fedyogi" => v[i] > d * d ? v[i] - (1 - beta2) * d * d : v[i] + (1 - beta2) * d * d,
                    _ => v[i] + d * d,
                };
                Assert.Equal(theta.Values[i] + eta * m[i] / (Math.Sqrt(v[i]) + Tau), result.Tensors.Values[i], 2e-5);
            }
            (theta, state) = (result.Tensors, result.State);
        }
    }

    [Theory]
    [InlineData("flexlora")]
    [InlineData("fedsvd")]
    [InlineData("flora")]
    [InlineData("balanced-ba")]
    public void Refusals_MomentumOnARuleThatChangesTheBasis_SayWhy(string product)
    {
        var spec = new FoldSpec { Product = new(product), ServerOptimiser = new("fedavgm") };
        var refusal = Assert.Single(StrategyCatalog.Default.Refusals(spec, new FoldRequirements(), Schemas.Lora(4, 0, (3, 3))));
        Assert.Contains($"'{product}' gives them a new basis every round", refusal);
        // A schema without products has no factors to lose.
        Assert.Empty(StrategyCatalog.Default.Refusals(FoldSpec.Of("lora-fair-momentum"), new FoldRequirements(), Schemas.Lora(4, 2, (3, 3))));
    }

    [Theory]
    [InlineData("flora")]
    [InlineData("fedex-lora")]
    [InlineData("hetlora")]
    public void Refusals_SumsOnlyWithARuleThatGathers_NameTheRule(string bundle)
    {
        var refusals = StrategyCatalog.Default.Refusals(FoldSpec.Of(bundle), new FoldRequirements { LinearSum = true }, Schemas.Lora(4, 0, (3, 3)));
        Assert.Contains($"'{bundle}' needs each client's update by itself", Assert.Single(refusals));
    }

    [Fact]
    public void Weigh_HetLora_IsProportionalToTheProductNorm()
    {
        var c = new FoldCase(12, 4, 3, 2, [(9, 8)]);
        var weights = c.Run("hetlora").Weights;
        var o = new ProductOracle(c);
        double[] norms = [.. o.Bk.Zip(o.Ak, (b, a) => (b * a).Norm)];
        for (var k = 0; k < 4; k++)
        {
            Assert.Equal(norms[k] / norms.Sum(), weights[k].Groups[0], 1e-6);
            Assert.Equal(c.Shares[k], weights[k].Groups[1], 1e-12);
        }
    }
}
