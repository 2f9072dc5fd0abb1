using Federated.Privacy.Accounting;
using Federated.Privacy.Numerics;

namespace Federated.Privacy.Tests.Accounting;

public sealed class AccountantPropertyTests
{
    static readonly IPrivacyAccountant[] Accountants = [new RdpAccountant(), new PldAccountant()];

    [Fact]
    public void Epsilon_NothingReleased_IsZero() => Assert.All(Accountants, a => Assert.Equal(0, a.Epsilon([], 1e-5)));

    [Fact]
    public void Epsilon_ReleaseWithoutNoise_IsInfinite() =>
        Assert.All(Accountants, a => Assert.Equal(double.PositiveInfinity, a.Epsilon([new(1), new(0)], 1e-5)));

    [Fact]
    public void Epsilon_RandomEvents_GrowsWithCountAndRateAndFallsWithNoise()
    {
        var random = new Random(5);
        for (var i = 0; i < 4; i++)
        {
            var e = new PrivacyEvent(0.7 + 3 * random.NextDouble(), i % 3 == 0 ? 1 : 0.01 + 0.3 * random.NextDouble(), random.Next(1, 60));
            foreach (var accountant in Accountants)
            {
                var epsilon = accountant.Epsilon([e], 1e-5);
                Assert.True(accountant.Epsilon([e with { Count = e.Count + 3 }], 1e-5) > epsilon);
                Assert.True(accountant.Epsilon([e with { NoiseMultiplier = e.NoiseMultiplier * 1.1 }], 1e-5) < epsilon);
                if (e.SamplingRate < 1)
                    Assert.True(accountant.Epsilon([e with { SamplingRate = 1 }], 1e-5) > epsilon);
            }
        }
    }

    [Fact]
    public void Pld_RandomEvents_IsNeverAboveRdp()
    {
        var random = new Random(7);
        for (var i = 0; i < 4; i++)
        {
            PrivacyEvent[] events = [new(0.8 + 2 * random.NextDouble(), 0.02 + 0.2 * random.NextDouble(), random.Next(1, 40)), new(1 + 2 * random.NextDouble(), 1, random.Next(1, 5))];
            Assert.InRange(new PldAccountant().Epsilon(events, 1e-5), 0.5 * new RdpAccountant().Epsilon(events, 1e-5), new RdpAccountant().Epsilon(events, 1e-5));
        }
    }

    [Fact]
    public void Pld_ManyGaussians_EqualTheClosedForm()
    {
        var random = new Random(11);
        for (var i = 0; i < 6; i++)
        {
            var (sigma, count) = (0.8 + 6 * random.NextDouble(), random.Next(1, 30));
            var exact = AnalyticGaussian.Epsilon(sigma / Math.Sqrt(count), 1e-6);
            Assert.Equal(exact, new PldAccountant().Epsilon([new(sigma, 1, count)], 1e-6), 12);
            // A sample of nearly everybody goes the long way, over distributions.
            Assert.InRange(new PldAccountant().Epsilon([new(sigma, 1 - 1e-12, count)], 1e-6) / exact, 1 - 1e-6, 1 + 1e-3);
        }
    }

    // delta of one sampled release in closed form: the discretised distribution may only exceed it, and by little.
    [Fact]
    public void Pld_OneSampledRelease_IsAtLeastTheExactDelta()
    {
        foreach (var (rate, sigma, epsilon) in new[] { (0.1, 1.0, 0.3), (0.3, 0.7, 1.0), (0.01, 0.5, 0.5), (0.5, 2.0, 0.2) })
        {
            var x = sigma * sigma * Math.Log((Math.Exp(epsilon) - 1 + rate) / rate) + 0.5;
            var exact = rate * NormalTail.Above((x - 1) / sigma) + (1 - rate - Math.Exp(epsilon)) * NormalTail.Above(x / sigma);
            Assert.InRange(new PldAccountant().Delta([new(sigma, rate)], epsilon) / exact, 1 - 1e-9, 1 + 1e-3);
        }
    }

    [Fact]
    public void Joint_TwoPassesOfOneNoise_IsThatNoiseOverRootTwo() => Assert.Equal(2 / Math.Sqrt(2), PrivacyEvent.Joint(2, 2), 14);

    // Counting two passes over one sample as two samples under-reports.
    [Fact]
    public void Joint_TwoPassesOverOneSample_CostMoreThanTwoSamples() =>
        Assert.True(new RdpAccountant().Epsilon([new(PrivacyEvent.Joint(2, 2), 0.1, 100)], 1e-5) > new RdpAccountant().Epsilon([new(2, 0.1, 200)], 1e-5));

    [Fact]
    public void Calibration_RandomTargets_MeetTheBudgetAndNotMuchMore()
    {
        foreach (var (epsilon, rate, count) in new[] { (0.5, 1.0, 3L), (2.0, 0.1, 50L), (8.0, 0.3, 200L) })
        {
            var z = NoiseCalibration.Multiplier(new RdpAccountant(), epsilon, 1e-5, rate, count);
            Assert.InRange(new RdpAccountant().Epsilon([new(z, rate, count)], 1e-5), epsilon * (1 - 1e-6), epsilon);
        }
    }

    [Fact]
    public void NormalTail_AgainstPublishedValues()
    {
        // Abramowitz and Stegun, table 26.1 and 26.2.
        Assert.Equal(0.158655253931457051, NormalTail.Above(1), 15);
        Assert.Equal(0.022750131948179207, NormalTail.Above(2), 15);
        Assert.Equal(1, NormalTail.Above(5) / 2.866515718791939e-7, 12);
        Assert.Equal(1, NormalTail.Above(10) / 7.619853024160526e-24, 12);
        Assert.Equal(1, NormalTail.Above(30) / 4.906713927148187e-198, 11);
        Assert.Equal(0.977249868051820793, NormalTail.Below(2), 15);
    }

    [Theory]
    [InlineData(-1, 0.5, 1)]
    [InlineData(double.NaN, 0.5, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1.5, 1)]
    [InlineData(1, 0.5, -1)]
    public void Epsilon_EventOutOfRange_IsRefused(double sigma, double rate, long count) =>
        Assert.All(Accountants, a => Assert.Throws<ArgumentOutOfRangeException>(() => a.Epsilon([new(sigma, rate, count)], 1e-5)));

    [Fact]
    public void Epsilon_DeltaOutOfRange_IsRefused() =>
        Assert.All(Accountants, a => Assert.Throws<ArgumentOutOfRangeException>(() => a.Epsilon([new(1)], 0)));
}
