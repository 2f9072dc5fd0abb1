using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.SeedTrace;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies;

public sealed class MaskedAndSeededTests
{
    static AdapterSchema Schema(Algebra algebra, params TensorSpec[] tensors) =>
        new(Schemas.BaseDigest, "vit", 4, [new TensorGroup("g", new Site(SiteKind.Linear, "g"), algebra, tensors)]);

    static (AdapterTensors Previous, AdapterTensors[] Deltas, FoldInput Input) Clients(AdapterSchema schema, int clients, int seed)
    {
        var layout = AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, 3));
        var random = new Random(seed);
        var previous = Noise.Tensors(random, layout);
        AdapterTensors[] deltas = [.. Enumerable.Range(0, clients).Select(_ => Noise.Tensors(random, layout, 0.3))];
        return (previous, deltas, new FoldInput(previous, [.. deltas.Select((d, k) => new Contribution($"site-{k}", 10 * (k + 1), layout, new DenseDelta(d)))]));
    }

    static FoldResult Run(FoldSpec spec, FoldInput input) => new Fold(StrategyCatalog.Default.Compose(spec)).Run(input, new FoldLimits(2));

    [Theory]
    [InlineData(Algebra.Affine)]
    [InlineData(Algebra.Opaque)]
    public void MaskedMean_EachElement_IsTheMeanOverWhoSentIt(Algebra algebra)
    {
        var (previous, deltas, input) = Clients(Schema(algebra, new TensorSpec("w", "weight", [50, 61])), 5, 1);
        var random = new Random(2);
        foreach (var delta in deltas)
        {
            foreach (ref var x in delta[0])
                x = random.Next(3) == 0 ? x : 0;
        }
        var result = Run(new FoldSpec { Affine = new("masked-mean"), Opaque = new("masked-mean") }, input).Tensors;
        var nobody = 0;
        for (var i = 0; i < 50 * 61; i++)
        {
            int[] senders = [.. Enumerable.Range(0, 5).Where(k => deltas[k][0][i] != 0)];
            nobody += senders.Length == 0 ? 1 : 0;
            var change = senders.Length == 0 ? 0 : senders.Sum(k => (k + 1.0) * deltas[k][0][i]) / senders.Sum(k => k + 1.0);
            Assert.Equal(previous[0][i] + change, result[0][i], 1e-6);
        }
        Assert.True(nobody > 100);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void LoraA2_EachSlice_IsTheMeanOverWhoSentIt(int round)
    {
        var c = new FoldCase(3, 4, 3, 0, [(40, 1500)], 0.3, uniform: true);
        var (trained, other) = round == 0 ? (1, 0) : (0, 1);
        bool Sends(int client, int slice) => (client + slice) % 3 == 0 && slice < 2;
        int Slice(int i) => round == 0 ? i % 3 : i / 1500;
        for (var k = 0; k < 4; k++)
        {
            c.Deltas[k][other].Clear();
            for (var i = 0; i < c.Deltas[k][trained].Length; i++)
            {
                // A value that rounds to zero inside a slice that is sent counts as sent.
                if (!Sends(k, Slice(i)) || i % 7 == 0)
                    c.Deltas[k][trained][i] = 0;
            }
        }
        var result = Run(FoldSpec.Of("lora-a2"), c.Input with { Round = round }).Tensors;
        Assert.Equal(c.Previous[other].ToArray(), result[other].ToArray());
        for (var i = 0; i < c.Previous[trained].Length; i++)
        {
            int[] senders = [.. Enumerable.Range(0, 4).Where(k => Sends(k, Slice(i)))];
            Assert.Equal(c.Previous[trained][i] + (senders.Length == 0 ? 0 : senders.Average(k => (double)c.Deltas[k][trained][i])), result[trained][i], 1e-6);
        }
    }

    [Fact]
    public void FedSb_AveragesTheCoreExactlyAndKeepsBothFactors()
    {
        var schema = Schema(Algebra.Affine, new TensorSpec("b", "lora_B", [6, Axis.Rank]), new TensorSpec("r", "lora_R", [Axis.Rank, Axis.Rank]), new TensorSpec("a", "lora_A", [Axis.Rank, 5]));
        var (previous, deltas, input) = Clients(schema, 4, 4);
        foreach (var delta in deltas)
        {
            delta[0].Clear();
            delta[2].Clear();
        }
        var result = Run(FoldSpec.Of("fed-sb"), input).Tensors;
        Assert.Equal(previous[0].ToArray(), result[0].ToArray());
        Assert.Equal(previous[2].ToArray(), result[2].ToArray());
        Dense Product(ReadOnlySpan<float> core) => Dense.Of(previous[0], 6, 3) * Dense.Of(core, 3, 3) * Dense.Of(previous[2], 3, 5);
        var ideal = Product(previous[1]) + Dense.Sum(deltas.Select((d, k) => (k + 1) / 10.0 * Product(d[1])));
        Assert.True((ideal - Product(result[1])).Norm <= 1e-6 * ideal.Norm);
        var plan = StrategyCatalog.Default.Compose(FoldSpec.Of("fed-sb")).PlanFor(schema, AdapterPlan.Uniform(schema, 3), 0);
        Assert.Equal(["lora_R"], plan.Groups["g"].Trained);
    }

    [Fact]
    public void Replay_TwoRounds_AreTheStepsAlongTheSignsThatPhiloxGives()
    {
        var schema = Schema(Algebra.SeedTrace, new TensorSpec("trace", AdapterSchema.TraceRole, [6]), new TensorSpec("w", "weight", [20, 13]), new TensorSpec("bias", "bias", [20]));
        var (previous, deltas, input) = Clients(schema, 3, 5);
        foreach (var delta in deltas)
        {
            delta[1].Clear();
            delta[2].Clear();
        }
        Assert.Equal(["trace"], StrategyCatalog.Default.Compose(new FoldSpec()).PlanFor(schema, AdapterPlan.Uniform(schema, 1), 0).Groups["g"].Trained);
        var first = Run(new FoldSpec(), input).Tensors;
        var second = Run(new FoldSpec(), input with { Previous = first, Round = 1 }).Tensors;
        double[] steps = [.. Enumerable.Range(0, 6).Select(s => Enumerable.Range(0, 3).Sum(k => (k + 1) / 6.0 * deltas[k][0][s]))];
        for (var t = 1; t <= 2; t++)
        {
            // The signs by the general stream, one tensor's key and one stream a seed.
            var key = BitConverter.ToUInt64(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(t == 1 ? "w" : "bias")));
            var signs = Enumerable.Range(0, 6).Select(s => { var x = new float[previous[t].Length]; new Philox(key, (ulong)s).Rademacher(x); return x; }).ToArray();
            Assert.True(signs[0].Sum() < signs[0].Length && signs[0].Sum() > -signs[0].Length);
            for (var i = 0; i < previous[t].Length; i++)
                Assert.Equal(previous[t][i] + 2 * Enumerable.Range(0, 6).Sum(s => steps[s] * signs[s][i]), second[t][i], 2e-6);
        }
        for (var s = 0; s < 6; s++)
            Assert.Equal(previous[0][s] + 2 * steps[s], second[0][s], 1e-6);
    }

    [Fact]
    public void SeedDirections_StepAndItsOpposite_CancelAndABadSeedIsRefused()
    {
        var values = new double[300];
        SeedDirections.Add(values, "layer.0.weight", 3, 0.5);
        SeedDirections.Add(values, "layer.0.weight", 3, -0.5);
        Assert.All(values, v => Assert.Equal(0, v));
        Assert.Throws<ArgumentOutOfRangeException>(() => SeedDirections.Add(values, "w", -1, 1));
    }

    [Theory]
    [InlineData("weight", 6)]
    [InlineData("trace", 0)]
    public void Schema_SeedTraceGroupWithoutItsScalarsOrWithoutWeights_IsRefused(string role, int others)
    {
        TensorSpec[] tensors = [new("t", role, [6]), .. Enumerable.Range(0, others).Select(i => new TensorSpec($"w{i}", $"w{i}", [3]))];
        Assert.Contains("'trace'", Assert.Throws<FormatException>(() => Schema(Algebra.SeedTrace, tensors)).Message);
    }
}
