namespace Federated.Privacy.Probes;

/// <summary>What a server can see without knowing anybody's data: candidates of a public vocabulary that lie suspiciously near an update's span.</summary>
/// <param name="Candidates">How many were measured.</param>
/// <param name="Rank">Directions of the update.</param>
/// <param name="Outliers">Candidates more than <see cref="Threshold"/> standard deviations below the mean of logit distance.</param>
/// <param name="LowestScore">The smallest standardised logit distance.</param>
public sealed record BlindProbe(int Candidates, int Rank, int Outliers, double LowestScore)
{
    /// <summary>DAGER's under noise: five standard deviations.</summary>
    public const double Threshold = -5;

    const double Floor = 1e-9;

    /// <summary>Measures an update against candidates.</summary>
    /// <param name="basis">The update's.</param>
    /// <param name="candidates">2 or more vectors of the basis' width: a probe pack's rows.</param>
    public static BlindProbe Of(SpanBasis basis, IReadOnlyList<float[]> candidates)
    {
        if (candidates.Count < 2)
            throw new ArgumentException($"There are {candidates.Count} candidates; 2 are the least.", nameof(candidates));
        double[] logits = [.. candidates.Select(c => Logit(basis.Distance(c)))];
        // Median and its absolute deviation: a few exact hits must not widen the yardstick that they are measured with.
        var median = Median(logits);
        var deviation = 1.4826 * Median([.. logits.Select(l => Math.Abs(l - median))]);
        double[] scores = [.. logits.Select(l => deviation == 0 ? 0 : (l - median) / deviation)];
        return new BlindProbe(candidates.Count, basis.Rank, scores.Count(s => s < Threshold), scores.Min());
    }

    static double Logit(double distance)
    {
        var d = Math.Clamp(distance, Floor, 1 - Floor);
        return Math.Log(d / (1 - d));
    }

    static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
