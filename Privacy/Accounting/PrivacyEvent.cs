namespace Federated.Privacy.Accounting;

/// <summary>A Gaussian release, some number of times: noise of standard deviation <paramref name="NoiseMultiplier"/> times the sensitivity, on a Poisson sample.</summary>
/// <param name="NoiseMultiplier">Above 0; 0 is no noise, which no budget covers.</param>
/// <param name="SamplingRate">Probability with which a record takes part, above 0 to 1. Below 1 only where the sample is Poisson, secret, and nothing cuts it.</param>
/// <param name="Count">How often, 0 or more.</param>
public readonly record struct PrivacyEvent(double NoiseMultiplier, double SamplingRate = 1, long Count = 1)
{
    /// <summary>Two Gaussian releases about the same sample are one, of this noise multiplier: (s1^-2 + s2^-2)^(-1/2).</summary>
    /// <param name="multipliers">1 or more, each above 0.</param>
    public static double Joint(params ReadOnlySpan<double> multipliers)
    {
        var precision = 0.0;
        foreach (var z in multipliers)
            precision += 1 / (z * z);
        return 1 / Math.Sqrt(precision);
    }

    /// <exception cref="ArgumentOutOfRangeException">A part lies outside its range.</exception>
    internal void Check()
    {
        if (!(NoiseMultiplier >= 0 && double.IsFinite(NoiseMultiplier)))
            throw new ArgumentOutOfRangeException(nameof(NoiseMultiplier), NoiseMultiplier, $"The noise multiplier is {NoiseMultiplier}; a finite number of 0 or more is needed.");
        if (!(SamplingRate is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(SamplingRate), SamplingRate, $"The sampling rate is {SamplingRate}; above 0 to 1 is needed.");
        ArgumentOutOfRangeException.ThrowIfNegative(Count);
    }
}
