using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies.FedBuff;

public sealed class FedBuffTests
{
    static readonly Fold Fold = new(StrategyCatalog.Default.Compose(FoldSpec.Of("fedbuff")));

    /// <summary>Versions 0 to 4 in unrelated bases, and updates that started from them.</summary>
    sealed class Buffer
    {
        public Buffer(int seed, int clients, int rank, int m, int n, int head = 0, double drift = 0.3)
        {
            var random = new Random(seed);
            Case = new FoldCase(seed, clients, rank, head, [(m, n)], drift);
            Versions = [.. Enumerable.Range(0, 4).Select(_ => Noise.Tensors(random, Case.Layout)), Case.Previous];
            Updates = [.. Case.Deltas.Select((d, k) => new Update($"site-{k}", "a", Case.Samples[k], random.Next(5), Case.Layout, new DenseDelta(d)))];
        }

        public sealed record Update(string Client, string Assignment, double Samples, int StartVersion, AdapterLayout Layout, IDeltaSource Delta);

        public FoldCase Case { get; }

        public AdapterTensors[] Versions { get; }

        public Update[] Updates { get; set; }

        public FoldInput Input => new(Case.Previous, [.. Updates.Select(Contribution)]) { Round = 4 };

        Contribution Contribution(Update u) => new(u.Client, u.Samples, u.Layout, u.Delta)
        {
            Assignment = u.Assignment,
            Staleness = 4 - u.StartVersion,
            Start = u.StartVersion == 4 ? null : Versions[u.StartVersion].Reshape(u.Layout),
        };

        public double Weight(int client) => Updates[client].Samples / Math.Sqrt(5 - Updates[client].StartVersion) / Updates.Sum(u => u.Samples);

        /// <summary>The dense sum that the published product is to approximate, without s.</summary>
        public Dense Target()
        {
            Dense Factor(AdapterTensors x, int t) => Dense.Of(x[t], Case.Layout.Tensors[t].Shape[0], Case.Layout.Tensors[t].Shape[1]);
            Dense Product(AdapterTensors x) => Factor(x, 1) * Factor(x, 0);
            var sum = Product(Case.Previous);
            for (var k = 0; k < Updates.Length; k++)
            {
                var (start, delta) = (Versions[Updates[k].StartVersion], Case.Deltas[k]);
                var value = (Factor(start, 1) + Factor(delta, 1)) * (Factor(start, 0) + Factor(delta, 0));
                sum += Weight(k) * (value - Product(start));
            }
            return sum;
        }
    }

    static Dense Published(FoldResult result)
    {
        var g = result.Tensors.Layout.Groups[0];
        return Dense.Of(result.Tensors[1], g.Tensors[1].Shape[0], g.Rank) * Dense.Of(result.Tensors[0], g.Rank, g.Tensors[0].Shape[1]);
    }

    [Theory]
    [InlineData(1, 1, 1, 9, 7)]
    [InlineData(2, 4, 2, 12, 9)]
    [InlineData(3, 10, 3, 21, 16)]
    [InlineData(4, 6, 4, 8, 24)]
    [InlineData(5, 3, 4, 30, 5)]
    public void Fold_StaleBuffer_GivesTheBestProductOfTheDenseSum(int seed, int clients, int rank, int m, int n)
    {
        var b = new Buffer(seed, clients, rank, m, n);
        var target = b.Target();
        var best = Math.Sqrt(target.SingularValues().Skip(rank).Sum(s => s * s));
        var error = (target - Published(Fold.Run(b.Input, new FoldLimits()))).Norm;
        Assert.InRange(error, best - 1e-5 * target.Norm, 1.0001 * best + 1e-5 * target.Norm);
    }

    [Theory]
    [InlineData(1100, 6)]
    [InlineData(6, 1100)]
    public void Fold_WholeRank_LosesNothingOverSeveralBlocks(int m, int n)
    {
        // No product of these shapes has a rank above 6.
        var b = new Buffer(6, 5, 6, m, n);
        var target = b.Target();
        Assert.True((target - Published(Fold.Run(b.Input, new FoldLimits()))).Norm <= 2e-6 * target.Norm);
    }

    [Fact]
    public void Fold_FreshBuffer_IsFlexLora()
    {
        var b = new Buffer(7, 5, 3, 14, 12);
        b.Updates = [.. b.Updates.Select(u => u with { StartVersion = 4 })];
        var flexlora = Published(b.Case.Run(new FoldSpec { Product = new("flexlora") }));
        Assert.True((flexlora - Published(Fold.Run(b.Input, new FoldLimits()))).Norm <= 1e-5 * flexlora.Norm);
    }

    [Fact]
    public void Fold_StaleAffineGroup_AddsTheWeightedChange()
    {
        var b = new Buffer(8, 5, 2, 6, 5, head: 50);
        var result = Fold.Run(b.Input, new FoldLimits());
        for (var i = 0; i < 50; i++)
            Assert.Equal(b.Case.Previous[2][i] + Enumerable.Range(0, 5).Sum(k => b.Weight(k) * b.Case.Deltas[k][2][i]), result.Tensors[2][i], 1e-6);
        Assert.True(result.Weights.Sum(w => w.Groups[0]) < 0.999);
    }

    [Fact]
    public void Fold_LowerRankClient_LeavesWhatItLacksUnchanged()
    {
        var b = new Buffer(9, 2, 4, 9, 8);
        var small = AdapterLayout.Of(b.Case.Schema, AdapterPlan.Uniform(b.Case.Schema, 1));
        var delta = Noise.Tensors(new Random(1), small);
        b.Updates = [b.Updates[0] with { Layout = small, Delta = new DenseDelta(delta), StartVersion = 2 }];
        var start = b.Versions[2].Reshape(small);
        Dense Rank1(AdapterTensors x, AdapterTensors y) => Dense.Of(x[1], 9, 1) * Dense.Of(y[0], 1, 8);
        var value = new AdapterTensors(small, [.. start.Values.ToArray().Zip(delta.Values.ToArray(), (x, y) => x + y)]);
        // At rank 1 the scale is four times that of rank 4.
        var target = Dense.Of(b.Case.Previous[1], 9, 4) * Dense.Of(b.Case.Previous[0], 4, 8) + 4 / Math.Sqrt(3) * (Rank1(value, value) - Rank1(start, start));
        var best = Math.Sqrt(target.SingularValues().Skip(4).Sum(s => s * s));
        Assert.InRange((target - Published(Fold.Run(b.Input, new FoldLimits()))).Norm, 0, 1.0001 * best + 1e-5 * target.Norm);
    }

    [Fact]
    public void Fold_NoChangeFromZeroB_KeepsAThatBCanLearnFrom()
    {
        var b = new Buffer(10, 3, 2, 6, 5, drift: 0);
        b.Case.Previous[1].Clear();
        b.Updates = [.. b.Updates.Select(u => u with { StartVersion = 4 })];
        var result = Fold.Run(b.Input, new FoldLimits());
        Assert.Equal(b.Case.Previous.Values.ToArray(), result.Tensors.Values.ToArray());
    }

    [Fact]
    public void Fold_ChangeOfLowerRank_LeavesNoDeadRow()
    {
        var b = new Buffer(11, 1, 3, 9, 8, drift: 0);
        b.Case.Previous[1].Clear();
        b.Updates = [b.Updates[0] with { StartVersion = 4 }];
        // Only the first column of B moves, so the sum has rank 1.
        for (var i = 0; i < 9; i++)
            b.Case.Deltas[0][1][3 * i] = 1 + i;
        var result = Fold.Run(b.Input, new FoldLimits());
        Assert.True((b.Target() - Published(result)).Norm <= 1e-5 * b.Target().Norm);
        double[] rows = [.. Enumerable.Range(0, 3).Select(j => Dense.Of(result.Tensors[0].Slice(8 * j, 8), 1, 8).Norm)];
        Assert.True(rows.Min() > 0.9 * rows[0], string.Join(" ", rows));
    }

    [Fact]
    public void Fold_InAnyOrderAndWithOneClientTwice_GivesTheSameBits()
    {
        var b = new Buffer(12, 4, 2, 7, 6);
        b.Updates = [.. b.Updates, b.Updates[0] with { Assignment = "b", StartVersion = 3 }];
        var expected = Fold.Run(b.Input, new FoldLimits());
        b.Updates = [.. b.Updates.Reverse()];
        var result = Fold.Run(b.Input, new FoldLimits());
        Assert.Equal(expected.Tensors.Values.ToArray(), result.Tensors.Values.ToArray());
        Assert.Equal(["a", "b"], result.Weights.Where(w => w.ClientId == "site-0").Select(w => w.Assignment));
    }

    [Fact]
    public void Fold_WhatCannotBeStale_IsRefusedByName()
    {
        var b = new Buffer(13, 3, 2, 6, 5, head: 4);
        string Refusal(FoldSpec spec, FoldInput input) =>
            Assert.Throws<FoldRefusedException>(() => new Fold(StrategyCatalog.Default.Compose(spec)).Run(input, new FoldLimits())).Message;
        var stale = b.Input with { Contributions = [b.Input.Contributions[0] with { Staleness = 2, Start = b.Versions[0] }] };
        Assert.Contains("Product strategy 'lora-fair' needs all clients to start from the previous version", Refusal(FoldSpec.Of("lora-fair"), stale));
        Assert.Contains("Affine strategy 'median'", Refusal(FoldSpec.Of("fedbuff") with { Affine = new("median") }, stale));
        Assert.Contains("Weigher strategy 'krum'", Refusal(FoldSpec.Of("fedbuff") with { Weigher = new("krum") }, b.Input with { Contributions = [.. b.Input.Contributions.Select(c => c with { Staleness = 1, Start = b.Versions[0] })] }));
        Assert.Contains("the weigher shortens the step", Refusal(new FoldSpec { Product = new("fedit"), Weigher = new("staleness", """{"typical_age":1}""") }, b.Input with { Contributions = [stale.Contributions[0] with { Staleness = 0, Start = null }] }));
        Assert.Contains("product groups need its start point", Refusal(FoldSpec.Of("fedbuff"), b.Input with { Contributions = [stale.Contributions[0] with { Start = null }] }));
        Assert.Contains("staleness of -1", Refusal(FoldSpec.Of("fedbuff"), b.Input with { Contributions = [stale.Contributions[0] with { Staleness = -1 }] }));
    }
}
