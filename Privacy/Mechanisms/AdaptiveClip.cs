using Federated.Privacy.Accounting;

namespace Federated.Privacy.Mechanisms;

/// <summary>
/// Moves the bound towards a quantile of the clients' norms (Andrew et al., NeurIPS 2021, algorithm 1): C' = C exp(-rate (b - quantile)), b being the noised
/// share of clients whose norm is within C. A share above the quantile means that the bound is too wide, so it shrinks.
/// </summary>
/// <param name="Quantile">Share of updates that shall stay unclipped, above 0 and below 1.</param>
/// <param name="Rate">Above 0 to 10; the paper takes 0.2.</param>
/// <param name="CountNoise">Standard deviation of the noise on the count of unclipped clients; the paper takes a twentieth of the cohort.</param>
public sealed record AdaptiveClip(double Quantile, double Rate, double CountNoise)
{
    /// <summary>The noise multiplier that the deltas need so that both releases together have multiplier <paramref name="total"/>: (z^-2 - (2 s)^-2)^(-1/2).</summary>
    /// <param name="total">Above 0 and below twice <see cref="CountNoise"/>.</param>
    public double DeltaNoise(double total)
    {
        if (!(total > 0 && total < 2 * CountNoise))
            throw new ArgumentOutOfRangeException(nameof(total), total, $"The noise multiplier is {total}; above 0 and below twice the count's noise, {2 * CountNoise}, is needed.");
        return 1 / Math.Sqrt(1 / (total * total) - 1 / (4 * CountNoise * CountNoise));
    }

    /// <summary>The next bound.</summary>
    /// <param name="clip">This round's bound.</param>
    /// <param name="within">One for each contribution: whether its norm was within the bound.</param>
    /// <param name="planned">The public denominator.</param>
    /// <param name="noise">Of this sum alone.</param>
    public double Next(double clip, IReadOnlyCollection<bool> within, int planned, GaussianStream noise)
    {
        // Counted around 1/2, one client changes the sum by 1/2 whichever way it votes.
        Span<double> sum = [within.Sum(w => w ? 0.5 : -0.5)];
        noise.AddTo(sum, CountNoise);
        return clip * Math.Exp(-Rate * (0.5 + sum[0] / planned - Quantile));
    }
}
