using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Privacy.Mechanisms;

namespace Federated.Privacy.Tests.Mechanisms;

/// <summary>The mechanism inside the fold: what one client can change, what noise is on it, and when.</summary>
public sealed class CentralNoiseTests
{
    static readonly byte[] Secret = [.. Enumerable.Range(7, 32).Select(i => (byte)i)];

    static NoiseKey Key(string context = "round") => new(Secret, context);

    // With noise 0 the fold must equal the clipped mean over the planned number, computed here in the plainest way.
    [Fact]
    public void Fold_WithoutNoise_IsTheJointlyClippedMeanOverThePlannedNumber()
    {
        var trial = new NoiseTrial(seed: 1, clients: 5);
        var clip = 0.7 * trial.Norms.Max();
        var result = trial.Fold("fedit", new CentralNoise(new CentralNoiseSettings(clip, 0), planned: 8, Key()));
        for (var t = 0; t < trial.Layout.Tensors.Count; t++)
        {
            for (var i = 0; i < trial.Layout.Tensors[t].Elements; i++)
            {
                var expected = trial.Previous[t][i] + trial.Deltas.Select((d, k) => d[t][i] * Math.Min(1, clip / trial.Norms[k])).Sum() / 8;
                Assert.Equal(expected, result.Tensors[t][i], 2e-7);
            }
        }
    }

    // The sensitivity that the accountant counts with: one client more moves the concatenation of all sums by at most clip / planned.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Fold_OneClientMore_MovesTheResultByAtMostTheBound(int seed)
    {
        var trial = new NoiseTrial(seed, clients: 4, lastScale: 1000);
        const double clip = 0.25;
        var (with, without) = (Noiseless(trial, 4), Noiseless(trial, 3));
        var squares = 0.0;
        for (var t = 0; t < trial.Layout.Tensors.Count; t++)
        {
            for (var i = 0; i < trial.Layout.Tensors[t].Elements; i++)
                squares += Math.Pow((double)with.Tensors[t][i] - without.Tensors[t][i], 2);
        }
        Assert.InRange(Math.Sqrt(squares), 0.999 * clip / 4, 1.001 * clip / 4);

        FoldResult Noiseless(NoiseTrial t, int count) => t.Fold("fedit", new CentralNoise(new CentralNoiseSettings(clip, 0), 4, Key()), count);
    }

    [Fact]
    public void Fold_Noise_HasItsDeviationOnEveryTensor()
    {
        var trial = new NoiseTrial(seed: 4, clients: 3, size: 96);
        var settings = new CentralNoiseSettings(0.5, 1.7);
        var noised = trial.Fold("fedit", new CentralNoise(settings, 3, Key()));
        var plain = trial.Fold("fedit", new CentralNoise(settings with { Noise = 0 }, 3, Key()));
        for (var t = 0; t < trial.Layout.Tensors.Count; t++)
        {
            var count = trial.Layout.Tensors[t].Elements;
            var deviation = Math.Sqrt(Enumerable.Range(0, count).Average(i => Math.Pow(noised.Tensors[t][i] - plain.Tensors[t][i], 2)));
            Assert.InRange(deviation / (1.7 * 0.5 / 3), 1 - 4 / Math.Sqrt(2 * count), 1 + 4 / Math.Sqrt(2 * count));
        }
    }

    // LoRA-FAIR solves with the sums: noise before it passes through the solution, noise after it would not. The first pass's noise on A changes the
    // correction of B, so the two passes' results differ by more than what was added to B.
    [Fact]
    public void Fold_LoraFair_SolvesWithTheDisturbedSums()
    {
        var trial = new NoiseTrial(seed: 5, clients: 4);
        var mechanism = new RecordingMechanism(new CentralNoise(new CentralNoiseSettings(1, 0.05), 4, Key()));
        var result = trial.Fold("lora-fair", mechanism);
        var (a, b) = (trial.Index("lora_A"), trial.Index("lora_B"));
        // The published A is the previous one plus the disturbed sum, bit for bit.
        var sum = mechanism.Sums[(trial.Layout.Tensors[a].Name, 1)];
        Assert.Equal(sum.Select((v, i) => (float)(trial.Previous[a][i] + v)), result.Tensors[a].ToArray());
        // B is the disturbed mean plus D, the ridge solution from the disturbed second pass and the disturbed A.
        var group = trial.Layout.Groups.Single(g => g.Group.Product is not null).Group.Name;
        var correction = trial.Ridge(mechanism.Sums[(group, 2)], result.Tensors[a].ToArray(), lambda: 0.01);
        var mean = mechanism.Sums[(trial.Layout.Tensors[b].Name, 1)];
        for (var i = 0; i < mean.Length; i++)
            Assert.Equal(trial.Previous[b][i] + mean[i] + correction[i], result.Tensors[b][i], 1e-5);
    }

    // A later pass has a bound of its own, shared by the groups.
    [Fact]
    public void Fold_LoraFair_HugeClient_MovesTheSecondPassByAtMostItsBound()
    {
        var trial = new NoiseTrial(seed: 6, clients: 3, lastScale: 300);
        var settings = new CentralNoiseSettings(50, 0) { TermClip = 0.02 };
        var (with, without) = (new RecordingMechanism(new CentralNoise(settings, 3, Key())), new RecordingMechanism(new CentralNoise(settings, 3, Key())));
        // Without the first pass's difference both second passes see the same means.
        with.Freeze = without.Freeze = true;
        trial.Fold("lora-fair", with);
        trial.Fold("lora-fair", without, 2);
        var group = trial.Layout.Groups.Single(g => g.Group.Product is not null).Group.Name;
        var moved = Math.Sqrt(with.Sums[(group, 2)].Zip(without.Sums[(group, 2)], (x, y) => (x - y) * (x - y)).Sum());
        Assert.InRange(moved, 0, 0.02 / Math.Sqrt(trial.Layout.Groups.Count) / 3);
        Assert.True(moved > 0);
    }

    [Fact]
    public void Fold_SameKeyTwice_SameBits_AnotherKeyOtherBits()
    {
        var trial = new NoiseTrial(seed: 8, clients: 3);
        var settings = new CentralNoiseSettings(1, 1);
        var (first, again, other) = (trial.Fold("lora-fair", new CentralNoise(settings, 3, Key())), trial.Fold("lora-fair", new CentralNoise(settings, 3, Key()), threads: 3),
            trial.Fold("lora-fair", new CentralNoise(settings, 3, Key("another"))));
        Assert.Equal(first.Tensors.Values.ToArray(), again.Tensors.Values.ToArray());
        Assert.NotEqual(first.Tensors.Values.ToArray(), other.Tensors.Values.ToArray());
    }

    [Fact]
    public void Event_TwoPasses_IsOneGaussianEvent() =>
        Assert.Equal(1 / Math.Sqrt(1 / 4.0 + 1 / 9.0), new CentralNoiseSettings(1, 2) { TermNoise = 3 }.Event(2).NoiseMultiplier, 12);

    [Fact]
    public void Event_APassWithoutNoise_CostsEverything() =>
        Assert.Equal(0, new CentralNoiseSettings(1, 2) { TermNoise = 0 }.Event(2).NoiseMultiplier);
}
