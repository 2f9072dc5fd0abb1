using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies.Robust;

public sealed class RobustTests
{
    static double[] Weights(FoldCase c, string weigher, string options = "{}") =>
        [.. c.Run(new FoldSpec { Weigher = new(weigher, options) }).Weights.Select(w => w.Groups[0])];

    // The effective changes of all groups as one long vector each: everything of size m x n is formed.
    static Dense[] Changes(FoldCase c, int head)
    {
        var oracles = Enumerable.Range(0, c.Layout.Groups.Count - (head > 0 ? 1 : 0)).Select(g => new ProductOracle(c, g)).ToArray();
        return [.. Enumerable.Range(0, c.Deltas.Length).Select(k =>
        {
            var values = new List<double>();
            foreach (var o in oracles)
            {
                var u = o.Group.Group.Product!.Scale(o.Group.Rank) * (o.Bk[k] * o.Ak[k] - o.PreviousProduct);
                values.AddRange(Enumerable.Range(0, u.Rows * u.Columns).Select(i => u[i / u.Columns, i % u.Columns]));
            }
            if (head > 0)
                values.AddRange(c.Deltas[k][c.Layout.Tensors.Count - 1].ToArray().Select(x => (double)x));
            return Dense.Fill(1, values.Count, (_, j) => values[j]);
        })];
    }

    [Theory]
    [InlineData(1, 7, 3)]
    [InlineData(2, 60, 5)]
    public void Krum_OnProducts_KeepsWhomTheDenseDistancesKeep(int f, int clients, int keep)
    {
        var c = new FoldCase(1, clients, 5, 4, [(33, 25), (8, 1100)], 0.01);
        foreach (ref var x in c.Deltas[2][0])
            x *= 50;
        var u = Changes(c, 4);
        double[] scores = [.. u.Select(x => u.Where(y => y != x).Select(y => Math.Pow((x - y).Norm, 2)).Order().Take(clients - f - 2).Sum())];
        var kept = Enumerable.Range(0, clients).OrderBy(k => scores[k]).Take(keep).ToHashSet();
        Assert.Equal(Enumerable.Range(0, clients).Select(k => kept.Contains(k) ? 1.0 / keep : 0), Weights(c, "krum", $$"""{"f":{{f}},"keep":{{keep}}}"""));
        Assert.DoesNotContain(2, kept);
    }

    [Fact]
    public void MultiKrum_WithoutKeep_DropsTheFWorst()
    {
        var c = new FoldCase(7, 9, 3, 4, [(12, 10)], 0.05);
        foreach (var k in new[] { 3, 6 })
        {
            foreach (ref var x in c.Deltas[k][1])
                x *= 40 + k;
        }
        Assert.Equal(Enumerable.Range(0, 9).Select(k => k is 3 or 6 ? 0 : 1 / 7.0), Weights(c, "multi-krum", """{"f":2}"""), (x, y) => Math.Abs(x - y) < 1e-15);
        Assert.Equal(Weights(c, "krum", """{"f":2,"keep":4}"""), Weights(c, "multi-krum", """{"f":2,"keep":4}"""));
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 13)]
    public void Bulyan_EqualsTheDenseSelectionAndTheValuesNearestToTheMedian(int f, int clients)
    {
        var c = new FoldCase(8, clients, 3, 40, [(12, 10)], 0.05);
        foreach (var k in Enumerable.Range(0, f))
        {
            foreach (ref var x in c.Deltas[2 * k + 1][2])
                x += 5;
        }
        var u = Changes(c, 40);
        List<int> left = [.. Enumerable.Range(0, clients)], picked = [];
        while (picked.Count < clients - 2 * f)
        {
            picked.Add(left.MinBy(i => left.Where(j => j != i).Select(j => Math.Pow((u[i] - u[j]).Norm, 2)).Order().Take(Math.Max(1, left.Count - f - 2)).Sum()));
            left.Remove(picked[^1]);
        }
        var options = $$"""{"f":{{f}}}""";
        var result = c.Run(new FoldSpec { Weigher = new("bulyan", options), Product = new("bulyan", options), Affine = new("bulyan", options) });
        Assert.Equal(picked.Order(), Enumerable.Range(0, clients).Where(k => result.Weights[k].Groups[0] > 0));
        foreach (var tensor in c.Layout.Tensors)
        {
            for (var i = 0; i < tensor.Elements; i++)
            {
                double[] values = [.. picked.Select(k => (double)c.Deltas[k][tensor][i]).Order()];
                var median = (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
                var expected = values.OrderBy(v => Math.Abs(v - median)).Take(clients - 4 * f).Average();
                Assert.Equal(c.Previous[tensor][i] + expected, result.Tensors[tensor][i], 1e-6);
            }
        }
        Assert.Contains($"needs at least {4 * f + 3} updates", Assert.Throws<FoldRefusedException>(() => new FoldCase(9, 4 * f + 2, 2, 0, [(5, 4)]).Run(new FoldSpec { Weigher = new("bulyan", options) })).Message);
    }

    [Fact]
    public void Krum_TooFewUpdates_IsRefusedWithTheNumberNeeded()
    {
        var c = new FoldCase(2, 4, 2, 0, [(5, 4)]);
        Assert.Contains("needs at least 5 updates; there are 4", Assert.Throws<FoldRefusedException>(() => Weights(c, "krum", """{"f":1}""")).Message);
    }

    [Fact]
    public void Rfa_AfterManySteps_MinimisesTheSumOfDistances()
    {
        var c = new FoldCase(3, 7, 3, 5, [(12, 10)], 0.2);
        foreach (ref var x in c.Deltas[4][1])
            x *= 100;
        var weights = Weights(c, "rfa", """{"iterations":300}""");
        var u = Changes(c, 5);
        double Cost(IEnumerable<double> w)
        {
            var z = Dense.Sum(u.Zip(w, (x, p) => p * x));
            return u.Select((x, k) => c.Shares[k] * (x - z).Norm).Sum();
        }
        var best = Cost(weights);
        Assert.True(best < Cost(c.Shares));
        // A minimum over the weights: moving a little weight between any two clients does not help.
        for (var i = 0; i < 7; i++)
        {
            for (var j = 0; j < 7; j++)
                Assert.True(Cost(weights.Select((w, k) => w + (k == i ? 1e-3 : 0) - (k == j ? 1e-3 : 0))) >= best * (1 - 1e-6));
        }
    }

    /// <summary>More rows than one portion on the diagonal, ranks above it, and more clients than one tile.</summary>
    [Theory]
    [InlineData(40, 3)]
    [InlineData(5, 40)]
    [InlineData(70, 16)]
    public void Rfa_OneStepOfManyClientsOrRanks_HasTheDenseDistances(int clients, int rank)
    {
        var c = new FoldCase(13, clients, rank, 3, [(8, 6)], 0.3);
        var u = Changes(c, 3);
        var z = Dense.Sum(u.Zip(c.Shares, (x, p) => p * x));
        double[] expected = [.. u.Zip(c.Shares, (x, p) => p / (x - z).Norm)];
        Assert.All(Weights(c, "rfa", """{"iterations":1}""").Zip(expected), w => Assert.Equal(w.Second / expected.Sum(), w.First, 1e-5 * w.Second / expected.Sum()));
    }

    [Fact]
    public void NormBound_OneHugeClient_WeighsAsLittleAsMakesItTheMedian()
    {
        var c = new FoldCase(4, 5, 3, 0, [(12, 10)], 0.2, uniform: true);
        foreach (ref var x in c.Deltas[1][1])
            x *= 100;
        double[] norms = [.. Changes(c, 0).Select(u => u.Norm)];
        var bound = norms.Order().ElementAt(2);
        double[] expected = [.. norms.Select(n => Math.Min(1, bound / n))];
        Assert.All(Weights(c, "norm-bound").Zip(expected), w => Assert.Equal(w.Second / expected.Sum(), w.First, 1e-5));
    }

    [Theory]
    [InlineData("median", 5)]
    [InlineData("median", 6)]
    [InlineData("trimmed-mean", 10)]
    public void Coordinates_EqualTheSortedOracle(string rule, int clients)
    {
        var c = new FoldCase(5, clients, 2, 3000, [(5, 4)]);
        var result = c.Run(new FoldSpec { Affine = new(rule) });
        var previous = c.Previous[2].ToArray();
        for (var i = 0; i < 3000; i++)
        {
            double[] sorted = [.. c.Deltas.Select(d => (double)d[2][i]).Order()];
            var expected = rule == "median" ? (sorted[(clients - 1) / 2] + sorted[clients / 2]) / 2 : sorted[2..^2].Average();
            Assert.Equal(previous[i] + expected, result.Tensors[2][i], 1e-6);
        }
    }

    [Theory]
    [InlineData("""{"decay":"polynomial","exponent":0.5}""", 1, 0.5, 1 / 3.0)]
    [InlineData("""{"decay":"polynomial","exponent":1.3}""", 1, 0.16493848884661177, 0.05747576199686517)]
    [InlineData("""{"decay":"threshold","threshold":3}""", 1, 1, 0)]
    [InlineData("""{"decay":"threshold","threshold":3,"beyond":0.25}""", 1, 1, 0.25)]
    [InlineData("""{"decay":"polynomial","exponent":0.5,"typical_age":3}""", 2, 1, 2 / 3.0)]
    [InlineData("""{"decay":"constant"}""", 1, 1, 1)]
    public void Staleness_Ages0And3And8_WeighAsPublished(string options, double w0, double w3, double w8)
    {
        var c = new FoldCase(6, 3, 2, 0, [(5, 4)], uniform: true);
        int[] ages = [0, 3, 8];
        var input = c.Input with { Contributions = [.. c.Input.Contributions.Select((k, i) => k with { Staleness = ages[i], Start = c.Previous })] };
        var result = new Fold(StrategyCatalog.Default.Compose(new FoldSpec { Weigher = new("staleness", options), Product = new("fedbuff") })).Run(input, new FoldLimits());
        double[] expected = [w0, w3, w8];
        // Not normalised again: three samples of which some count less make a shorter step.
        Assert.All(result.Weights.Zip(expected), w => Assert.Equal(w.Second / 3, w.First.Groups[0], 1e-7));
    }
}
