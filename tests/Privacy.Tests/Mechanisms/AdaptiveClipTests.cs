using Federated.Privacy.Mechanisms;

namespace Federated.Privacy.Tests.Mechanisms;

public sealed class AdaptiveClipTests
{
    static readonly byte[] Secret = new byte[32];

    [Theory]
    [InlineData(100, 1.005038)]
    [InlineData(50, 1.020621)]
    public void DeltaNoise_PaperExample_IsItsValue(int cohort, double expected) =>
        Assert.Equal(expected, new AdaptiveClip(0.5, 0.2, cohort / 20.0).DeltaNoise(1), 6);

    [Fact]
    public void DeltaNoise_CountWithTooLittleNoise_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdaptiveClip(0.5, 0.2, 0.4).DeltaNoise(1));

    // Norms are log-normal around 1: from 0.1 and from 10 alike the bound must come to their quantile, which the wrong sign flees.
    [Theory]
    [InlineData(0.1, 0.5, 1.0)]
    [InlineData(10.0, 0.5, 1.0)]
    [InlineData(0.1, 0.8, 1.2343)]
    public void Next_SixtyRounds_FindsTheQuantileOfTheNorms(double start, double quantile, double expected)
    {
        var random = new Random(9);
        var adaptive = new AdaptiveClip(quantile, 0.2, 5);
        var clip = start;
        for (var round = 0; round < 60; round++)
        {
            bool[] within = [.. Enumerable.Range(0, 100).Select(_ => Math.Exp(0.25 * Normal(random)) <= clip)];
            clip = adaptive.Next(clip, within, 100, new NoiseKey(Secret, $"{round}").Stream("clip", 0));
        }
        Assert.InRange(clip / expected, 0.9, 1.1);
    }

    static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
