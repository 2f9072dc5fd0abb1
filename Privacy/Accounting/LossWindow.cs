namespace Federated.Privacy.Accounting;

/// <summary>Where a sum of independent losses lies but for a given mass on either side, by Chernoff's bound over a few exponents.</summary>
static class LossWindow
{
    public static (long Low, long High) Of(IReadOnlyList<(LossDistribution Loss, long Count)> parts, double interval, double hidden)
    {
        var (lowest, highest) = (parts.Sum(p => p.Count * p.Loss.First), parts.Sum(p => p.Count * (p.Loss.First + p.Loss.Mass.Length - 1)));
        var (low, high) = ((double)lowest, (double)highest);
        for (var power = -6; power <= 9; power++)
        {
            foreach (var t in new[] { Math.Pow(2, power), 1.5 * Math.Pow(2, power) })
            {
                high = Math.Min(high, (parts.Sum(p => p.Count * LogMoment(p.Loss, interval, t)) - Math.Log(hidden)) / (t * interval));
                low = Math.Max(low, -(parts.Sum(p => p.Count * LogMoment(p.Loss, interval, -t)) - Math.Log(hidden)) / (t * interval));
            }
        }
        return ((long)Math.Floor(low), (long)Math.Ceiling(Math.Max(high, low)));
    }

    // ln E[e^(t L)], from the end with the largest exponent, which is kept apart.
    static double LogMoment(LossDistribution loss, double interval, double t)
    {
        var (last, ratio) = (loss.Mass.Length - 1, Math.Exp(-Math.Abs(t) * interval));
        var (sum, factor) = (0.0, 1.0);
        for (var i = 0; i <= last; i++)
        {
            sum += loss.Mass[t > 0 ? last - i : i] * factor;
            factor *= ratio;
        }
        return t * (loss.First + (t > 0 ? last : 0)) * interval + Math.Log(sum);
    }
}
