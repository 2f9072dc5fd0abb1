using Federated.Privacy.Numerics;

namespace Federated.Privacy.Accounting;

/// <summary>
/// Composes Renyi divergences over a set of orders and converts the sum by epsilon = min over alpha of
/// rdp + ln((alpha - 1) / alpha) - (ln delta + ln alpha) / (alpha - 1) (Balle et al. 2020, Theorem 21).
/// </summary>
/// <param name="orders">Each above 1; null takes <see cref="DefaultOrders"/>.</param>
public sealed class RdpAccountant(IReadOnlyList<double>? orders = null) : IPrivacyAccountant
{
    readonly IReadOnlyList<double> _orders = orders ?? DefaultOrders;

    /// <summary>1.1 to 10.9 in tenths, 11 to 63, then 128, 256, 512 and 1024.</summary>
    public static IReadOnlyList<double> DefaultOrders { get; } =
        [.. Enumerable.Range(11, 99).Select(i => i / 10.0), .. Enumerable.Range(11, 53).Select(i => (double)i), 128, 256, 512, 1024];

    /// <inheritdoc/>
    public string Name => "rdp";

    /// <inheritdoc/>
    public double Epsilon(IReadOnlyList<PrivacyEvent> events, double delta) => Best(events, delta).Epsilon;

    /// <summary>The epsilon and the order that gives it.</summary>
    /// <param name="events">In any order.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    public (double Epsilon, double Order) Best(IReadOnlyList<PrivacyEvent> events, double delta)
    {
        foreach (var e in events)
            e.Check();
        return Convert([.. _orders.Select(a => Total(events, a))], delta);
    }

    /// <summary>Converts divergences, one for each of this accountant's orders.</summary>
    /// <param name="divergences">As many as there are orders.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    public (double Epsilon, double Order) Convert(IReadOnlyList<double> divergences, double delta)
    {
        if (!(delta is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(delta), delta, $"delta is {delta}; above 0 and below 1 is needed.");
        if (divergences.All(d => d == 0))
            return (0, _orders[0]);
        return _orders.Zip(divergences, (alpha, rdp) => (Math.Max(0, rdp + NearZero.LogP1(-1 / alpha) - (Math.Log(delta) + Math.Log(alpha)) / (alpha - 1)), alpha)).MinBy(c => c.Item1);
    }

    static double Total(IReadOnlyList<PrivacyEvent> events, double alpha) =>
        events.Where(e => e.Count > 0).Sum(e => e.Count * RenyiDivergence.OfSampledGaussian(e.SamplingRate, e.NoiseMultiplier, alpha));
}
