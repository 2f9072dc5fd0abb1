using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies;

/// <summary>SCAFFOLD's server against algorithm 1 of arXiv 1910.06378 written out: every client keeps its own c_k and uploads what it changes by.</summary>
public sealed class ScaffoldTests
{
    const int Steps = 3;
    const double LocalRate = 0.05, Rate = 0.8;

    static FoldSpec Spec(double participation = 1, string product = "fedit") => new()
    {
        Weigher = new("uniform"),
        Product = new(product),
        ServerOptimiser = new("scaffold", FormattableString.Invariant($$"""{"local_steps":{{Steps}},"local_learning_rate":{{LocalRate}},"participation":{{participation}},"learning_rate":{{Rate}}}""")),
    };

    /// <summary>Clients with the loss |x - t_k|^2 / 2, of which two take part in a round.</summary>
    [Theory]
    [InlineData(4, 4)]
    [InlineData(6, 2)]
    public void Fold_OverRounds_KeepsTheMeanOfTheClientsControlVariates(int clients, int cohort)
    {
        const int Size = 40;
        var random = new Random(5);
        var schema = Schemas.Lora(1, Size, (2, 2));
        var layout = AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, 1));
        float[][] targets = [.. Enumerable.Range(0, clients).Select(_ => Noise.Normal(random, Size))];
        var own = Enumerable.Range(0, clients).Select(_ => new double[Size]).ToArray();
        var (theta, state, c) = (new AdapterTensors(layout), StrategyState.Empty, new double[Size]);
        var fold = new Fold(StrategyCatalog.Default.Compose(Spec((double)cohort / clients)));
        for (var round = 0; round < 5; round++)
        {
            int[] chosen = [.. Enumerable.Range(0, clients).OrderBy(k => (k * 7 + round * 3) % clients).Take(cohort)];
            double[] x = [.. theta[2].ToArray().Select(v => (double)v)];
            var (uploads, contributions) = (new double[Size], new List<Contribution>());
            foreach (var k in chosen)
            {
                var y = Train(x, targets[k], own[k], c);
                var delta = new AdapterTensors(layout);
                for (var i = 0; i < Size; i++)
                {
                    delta[2][i] = (float)(y[i] - x[i]);
                    var next = own[k][i] - c[i] - delta[2][i] / (Steps * LocalRate);
                    (uploads[i], own[k][i]) = (uploads[i] + next - own[k][i], next);
                }
                contributions.Add(new Contribution($"site-{k}", 1, layout, new DenseDelta(delta)));
            }
            for (var i = 0; i < Size; i++)
                (c[i], x[i]) = (c[i] + uploads[i] / clients, x[i] + Rate * contributions.Average(k => Value(k, i)));
            var result = fold.Run(new FoldInput(theta, contributions) { State = state }, new FoldLimits());
            (theta, state) = (result.Tensors, result.State);
            var kept = state["optimiser/base_model.model.classifier.weight"].ToArray();
            Assert.All(kept.Zip(c), p => Assert.Equal(p.Second, p.First, 1e-5));
            Assert.All(theta[2].ToArray().Zip(x), p => Assert.Equal(p.Second, p.First, 1e-5));
        }
    }

    static double[] Train(double[] x, float[] target, double[] own, double[] c)
    {
        double[] y = [.. x];
        for (var step = 0; step < Steps; step++)
        {
            for (var i = 0; i < y.Length; i++)
                y[i] -= LocalRate * (y[i] - target[i] - own[i] + c[i]);
        }
        return y;
    }

    static double Value(Contribution k, int i)
    {
        var value = new float[1];
        k.Delta.Read(2, i, value);
        return value[0];
    }

    [Fact]
    public void Fold_UnderLoraFair_MovesByTheCorrectionButKeepsItOutOfTheControlVariate()
    {
        var c = new FoldCase(21, 4, 3, 0, [(9, 8)], 0.4, uniform: true);
        var (result, plain) = (c.Run(Spec(product: "lora-fair")), c.Run(new FoldSpec { Weigher = new("uniform"), Product = new("lora-fair") }));
        foreach (var tensor in c.Layout.Tensors)
        {
            var control = result.State[$"optimiser/{tensor.Name}"].ToArray();
            for (var i = 0; i < tensor.Elements; i++)
            {
                Assert.Equal(-c.Deltas.Average(d => (double)d[tensor][i]) / (Steps * LocalRate), control[i], 1e-5);
                Assert.Equal(c.Previous[tensor][i] + Rate * (plain.Tensors[tensor][i] - (double)c.Previous[tensor][i]), result.Tensors[tensor][i], 1e-5);
            }
        }
        Assert.True(result.Diagnostics[0].CorrectionRatio > 0.001);
    }

    [Fact]
    public void Fold_AfterAChangeOfRank_StartsItsControlVariateAgain()
    {
        var c = new FoldCase(22, 3, 2, 0, [(6, 5)], uniform: true);
        var stale = new StrategyState([.. c.Layout.Tensors.Select(t => KeyValuePair.Create($"optimiser/{t.Name}", Enumerable.Repeat(7f, t.Elements - 1).ToArray()))]);
        var fold = new Fold(StrategyCatalog.Default.Compose(Spec()));
        var (fresh, again) = (fold.Run(c.Input, new FoldLimits()), fold.Run(c.Input with { State = stale }, new FoldLimits()));
        Assert.Equal(fresh.State.Tensors.Select(t => t.Value.ToArray()), again.State.Tensors.Select(t => t.Value.ToArray()));
    }

    [Theory]
    [InlineData("flexlora", "'flexlora' gives them a new basis every round")]
    [InlineData("fedsvd", "'fedsvd' gives them a new basis every round")]
    [InlineData("balanced-ba", "'balanced-ba' gives them a new basis every round")]
    [InlineData("lora-a2", "mean change, which Product strategy 'lora-a2' does not publish")]
    [InlineData("trimmed-mean", "mean change, which Product strategy 'trimmed-mean' does not publish")]
    [InlineData("frlora", "'frlora' gives them a new basis every round")]
    public void Refusals_ARuleWithoutMeansInAKeptBasis_NameIt(string product, string why) =>
        Assert.Contains(why, Assert.Single(StrategyCatalog.Default.Refusals(Spec(product: product), new FoldRequirements(), Schemas.Lora(4, 0, (3, 3)))));

    [Fact]
    public void Refusals_WhatTheClientsCannotDo_SayWhy()
    {
        string Why(FoldSpec spec, FoldRequirements requirements) => Assert.Single(StrategyCatalog.Default.Refusals(spec, requirements, Schemas.Lora(4, 3, (3, 3))));
        Assert.Contains("the run's clients do not", Why(Spec(), new FoldRequirements { PlainClients = true }));
        Assert.Contains("needs one rank", Why(Spec(), new FoldRequirements { MixedRanks = true }));
        Assert.Contains("Affine strategy 'median' does not publish", Why(Spec() with { Affine = new("median") }, new FoldRequirements()));
        foreach (var product in new[] { "fedit", "lora-fair", "ffa-lora" })
            Assert.Empty(StrategyCatalog.Default.Refusals(Spec(product: product), new FoldRequirements { LinearSum = true }, Schemas.Lora(4, 3, (3, 3))));
    }
}
