namespace Federated.Privacy.Accounting;

/// <summary>The least noise for a budget.</summary>
public static class NoiseCalibration
{
    /// <summary>The least noise multiplier, to a relative 1e-9, whose releases cost at most <paramref name="epsilon"/>.</summary>
    /// <param name="accountant">Who counts.</param>
    /// <param name="epsilon">Above 0.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <param name="rate">Sampling rate, above 0 to 1.</param>
    /// <param name="count">Releases, 1 or more.</param>
    /// <param name="tolerance">Relative width at which the search ends; default 1e-9.</param>
    /// <exception cref="ArgumentException">No multiplier up to 1e6 suffices.</exception>
    public static double Multiplier(IPrivacyAccountant accountant, double epsilon, double delta, double rate, long count, double tolerance = 1e-9)
    {
        bool Suffices(double sigma) => accountant.Epsilon([new PrivacyEvent(sigma, rate, count)], delta) <= epsilon;
        var (low, high) = (0.0, 0.25);
        while (!Suffices(high))
        {
            (low, high) = (high, 2 * high);
            if (high > 1e6)
                throw new ArgumentException($"No noise multiplier up to 1e6 brings {count} releases to epsilon {epsilon} at delta {delta}.", nameof(epsilon));
        }
        while (high - low > tolerance * high)
        {
            var middle = (low + high) / 2;
            (low, high) = Suffices(middle) ? (low, middle) : (middle, high);
        }
        return high;
    }
}
