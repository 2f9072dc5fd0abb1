using Federated.Privacy.Probes;

namespace Federated.Privacy.Tests.Probes;

public sealed class SpanProbeTests
{
    const int Width = 64, Rank = 16;

    // Rows that are combinations of T <= r inputs: their span holds exactly those inputs.
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(16)]
    public void Distance_InputsOfTheUpdate_AreInItsSpanAndStrangersAreNot(int tokens)
    {
        var random = new Random(tokens);
        var inputs = Vectors(random, tokens);
        var basis = SpanBasis.Of(Combine(random, inputs), Width);
        Assert.Equal(tokens, basis.Rank);
        Assert.All(inputs, x => Assert.InRange(basis.Distance(x), 0, Separation.ExactThreshold));
        Assert.All(Vectors(random, 200), x => Assert.InRange(basis.Distance(x), 0.5, 1));
    }

    // With more inputs than rows none is in the span any more, and the ranking grows worse with every one.
    [Fact]
    public void Auc_MoreInputsThanRows_FallsWithTheirNumber()
    {
        var means = new[] { 20, 40, 80, 160 }.Select(tokens => Enumerable.Range(0, 20).Average(seed =>
        {
            var random = new Random(1000 * tokens + seed);
            var inputs = Vectors(random, tokens);
            var basis = SpanBasis.Of(Combine(random, inputs), Width);
            return Separation.Of([.. inputs.Select(x => basis.Distance(x))], [.. Vectors(random, 300).Select(x => basis.Distance(x))]).Auc;
        })).ToList();
        Assert.Equal(means.OrderDescending(), means);
        Assert.InRange(means[0], 0.9, 1);
    }

    [Fact]
    public void Auc_PureNoise_IsOneHalfWithinItsInterval()
    {
        var outside = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var basis = SpanBasis.Of(Vectors(random, Rank).SelectMany(v => v).ToArray(), Width);
            var (low, high) = Separation.Of([.. Vectors(random, 60).Select(x => basis.Distance(x))], [.. Vectors(random, 300).Select(x => basis.Distance(x))]).AucInterval;
            outside += low > 0.5 || high < 0.5 ? 1 : 0;
        }
        // 5 % of forty are two; seven or more happen once in 300 such trials, and these seeds are fixed.
        Assert.InRange(outside, 0, 6);
    }

    [Fact]
    public void Basis_ZeroUpdate_HasNoDirectionAndTellsNobodyApart()
    {
        var random = new Random(1);
        var basis = SpanBasis.Of(new float[Rank * Width], Width);
        Assert.Equal(0, basis.Rank);
        var separation = Separation.Of([.. Vectors(random, 9).Select(x => basis.Distance(x))], [.. Vectors(random, 50).Select(x => basis.Distance(x))]);
        Assert.InRange(separation.Auc, 0.3, 0.7);
        Assert.Equal(0, separation.ExactHits);
    }

    [Fact]
    public void Separation_AgainstTheDefinition()
    {
        var random = new Random(2);
        double[] members = [.. Enumerable.Range(0, 30).Select(_ => Math.Round(random.NextDouble(), 1))];
        double[] controls = [.. Enumerable.Range(0, 45).Select(_ => Math.Round(random.NextDouble() + 0.2, 1))];
        var separation = Separation.Of(members, controls);
        var auc = members.Average(m => controls.Average(c => m < c ? 1 : m == c ? 0.5 : 0));
        var advantage = members.Concat(controls).Max(t => members.Count(m => m <= t) / 30.0 - controls.Count(c => c <= t) / 45.0);
        Assert.Equal(auc, separation.Auc, 12);
        Assert.Equal(advantage, separation.Advantage, 12);
        Assert.InRange(separation.AdvantageFloor, 0, advantage);
    }

    [Fact]
    public void FrequencyMatch_ControlsHaveTheMembersFrequencies()
    {
        var random = new Random(3);
        var frequency = Enumerable.Range(0, 2000).ToDictionary(i => i, _ => (long)Math.Exp(10 * random.NextDouble()));
        int[] members = [.. Enumerable.Range(0, 50).Select(_ => random.Next(2000)).Distinct()];
        var controls = FrequencyMatch.Pick(members, frequency.Keys, i => frequency[i], 4, 1);
        Assert.Equal(4 * members.Length, controls.Count);
        Assert.Equal(controls.Count, controls.Distinct().Count());
        Assert.Empty(controls.Intersect(members));
        Assert.InRange(controls.Average(c => Math.Log(frequency[c])) - members.Average(m => Math.Log(frequency[m])), -0.1, 0.1);
    }

    [Fact]
    public void BlindProbe_FewInputs_StandOutWithoutGroundTruth()
    {
        var random = new Random(4);
        var vocabulary = Vectors(random, 1000);
        var basis = SpanBasis.Of(Combine(random, vocabulary[..6]), Width);
        var probe = BlindProbe.Of(basis, vocabulary);
        Assert.Equal((1000, 6, 6), (probe.Candidates, probe.Rank, probe.Outliers));
        var noise = BlindProbe.Of(SpanBasis.Of(Vectors(random, Rank).SelectMany(v => v).ToArray(), Width), vocabulary);
        Assert.InRange(noise.Outliers, 0, 1);
    }

    static List<float[]> Vectors(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Width).Select(_ => (float)Normal(random)).ToArray())];

    static float[] Combine(Random random, List<float[]> inputs)
    {
        var rows = new float[Rank * Width];
        for (var r = 0; r < Rank; r++)
        {
            foreach (var input in inputs)
            {
                var weight = (float)Normal(random);
                for (var i = 0; i < Width; i++)
                    rows[r * Width + i] += weight * input[i];
            }
        }
        return rows;
    }

    static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
