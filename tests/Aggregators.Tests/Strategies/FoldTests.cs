using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies;

public sealed class FoldTests
{
    static readonly (int, int)[] Shapes = [(33, 25), (8, 300)];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Run_FedIt_IsWeightedMeanOfClientValues(int clients)
    {
        var c = new FoldCase(3, clients, 4, 10, Shapes);
        var result = c.Run("fedit");
        for (var i = 0; i < c.Layout.TotalElements; i++)
        {
            var mean = Enumerable.Range(0, clients).Sum(k => c.Shares[k] * ((double)c.Previous.Values[i] + c.Deltas[k].Values[i]));
            Assert.Equal(mean, result.Tensors.Values[i], 1e-6);
        }
        Assert.Equal(c.Shares, result.Weights.Select(w => w.Groups[0]), (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void Run_AnyOrderOfContributions_GivesSameBits()
    {
        // Huge changes that cancel in pairs leave what fp64 lost on the way, which another order would lose otherwise.
        var c = new FoldCase(4, 10, 3, 5, Shapes, drift: 1e17, uniform: true);
        foreach (var pair in c.Deltas.Chunk(2))
        {
            for (var t = 0; t < c.Layout.Tensors.Count; t++)
            {
                for (var i = 0; i < pair[0][t].Length; i++)
                    pair[1][t][i] = -pair[0][t][i];
            }
        }
        var fold = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("fedit")));
        var expected = fold.Run(c.Input, new FoldLimits()).Tensors.Values.ToArray();
        var shuffled = c.Input with { Contributions = [.. c.Input.Contributions.Reverse()] };
        Assert.Equal(expected, fold.Run(shuffled, new FoldLimits()).Tensors.Values.ToArray());
    }

    [Fact]
    public void Run_GroupThatNobodyTrained_KeepsItsValue()
    {
        var c = new FoldCase(5, 3, 2, 6, Shapes);
        var plan = new AdapterPlan(0, new Dictionary<string, GroupPlan> { ["layer.0"] = new(Rank: 2), ["layer.1"] = new(Rank: 2, Trained: []), ["head"] = new() });
        var layout = AdapterLayout.Of(c.Schema, plan);
        var input = c.Input with { Contributions = [.. c.Input.Contributions.Select(k => k with { Layout = layout })] };
        var result = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("fedit"))).Run(input, new FoldLimits());
        Assert.Equal(c.Previous[2].ToArray(), result.Tensors[2].ToArray());
        Assert.NotEqual(c.Previous[0].ToArray(), result.Tensors[0].ToArray());
        Assert.Equal([3, 0, 3], result.Diagnostics.Select(d => d.Contributors));
    }

    [Fact]
    public void Run_MixedRanksUnderFedIt_CountsMissingRowsAsZero()
    {
        var c = new FoldCase(6, 2, 4, 0, [(5, 3)], uniform: true);
        var small = AdapterLayout.Of(c.Schema, AdapterPlan.Uniform(c.Schema, 2));
        var delta = Noise.Tensors(new Random(1), small);
        var input = c.Input with { Contributions = [c.Input.Contributions[0], new Contribution("small", 1, small, new DenseDelta(delta))] };
        var result = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("fedit"))).Run(input, new FoldLimits());
        var start = c.Previous.Reshape(small);
        for (var i = 0; i < 4 * 3; i++)
        {
            var padded = i < 2 * 3 ? start[0][i] + (double)delta[0][i] : 0;
            Assert.Equal((c.Previous[0][i] + (double)c.Deltas[0][0][i] + padded) / 2, result.Tensors[0][i], 1e-6);
        }
        for (var i = 0; i < 5 * 4; i++)
        {
            // At rank 2 the scale is twice that of rank 4.
            var padded = i % 4 < 2 ? 2 * (start[1][i / 4 * 2 + i % 4] + (double)delta[1][i / 4 * 2 + i % 4]) : 0;
            Assert.Equal((c.Previous[1][i] + (double)c.Deltas[0][1][i] + padded) / 2, result.Tensors[1][i], 1e-6);
        }
    }

    [Fact]
    public void Run_WhatCannotBeFolded_IsRefusedByName()
    {
        var c = new FoldCase(7, 2, 2, 0, [(4, 4)]);
        var fold = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("fedit")));
        string Refusal(params Contribution[] contributions) =>
            Assert.Throws<FoldRefusedException>(() => fold.Run(c.Input with { Contributions = contributions }, new FoldLimits())).Message;
        var (a, b) = (c.Input.Contributions[0], c.Input.Contributions[1]);
        Assert.Contains("no contributions", Refusal());
        Assert.Contains("contributed twice", Refusal(a, a));
        Assert.Contains("sum to 0", Refusal(a with { Samples = 0 }, b with { Samples = 0 }));
        Assert.Contains("has weight NaN", Refusal(a with { Samples = double.NaN }));
        Assert.Contains("has weight -1", Refusal(a with { Samples = -1 }));
        var other = Schemas.Lora(4, 3, (4, 4));
        Assert.Contains("contributed to schema", Refusal(a with { Layout = AdapterLayout.Of(other, AdapterPlan.Uniform(other, 2)) }));
        Assert.Contains("the version's is", Refusal(a with { Layout = AdapterLayout.Of(c.Schema, AdapterPlan.Uniform(c.Schema, 3)) }));
        var huge = new AdapterTensors(c.Layout, [.. Enumerable.Repeat(float.MaxValue, (int)c.Layout.TotalElements)]);
        c.Previous = huge;
        Assert.Contains("must be finite", Assert.Throws<FoldRefusedException>(() =>
            fold.Run(c.Input with { Contributions = [a with { Delta = new DenseDelta(huge) }] }, new FoldLimits())).Message);
    }

    [Fact]
    public void Run_WeightsWhoseSumOverflows_AreShared()
    {
        var c = new FoldCase(8, 2, 2, 0, [(4, 4)]);
        (c.Samples[0], c.Samples[1]) = (1.5e308, 1.5e308);
        Assert.Equal([0.5, 0.5], c.Run("fedit").Weights.Select(w => w.Groups[0]));
    }

    [Fact]
    public void Run_Cancelled_Stops()
    {
        var c = new FoldCase(9, 2, 2, 0, [(4, 4)]);
        Assert.Throws<OperationCanceledException>(() =>
            new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("fedit"))).Run(c.Input, new FoldLimits(), new CancellationToken(true)));
    }
}
