using Federated.Server.Rounds;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Privacy;

/// <summary>A run's privacy as the REST interface shows it; what a run without privacy lacks is null.</summary>
sealed record PrivacyView(string Trust, string? At, string? Unit, string? Accountant, double? Delta)
{
    /// <summary>The epsilon that nobody's participation may exceed.</summary>
    public double? Budget { get; init; }

    /// <summary>The most that any client has spent; null where only the sites can count.</summary>
    public double? Spent { get; init; }

    /// <summary>Noise multiplier of one round as one Gaussian event.</summary>
    public double? Noise { get; init; }

    /// <summary>By client: published rounds that count.</summary>
    public required IReadOnlyDictionary<string, int> Participations { get; init; }

    public required IReadOnlyList<PrivacyRound> Rounds { get; init; }

    public static PrivacyView Of(RoundState state, IReadOnlyList<LedgerRow> ledger)
    {
        var privacy = state.Spec.Privacy;
        return new PrivacyView(state.Spec.Trust, privacy?.At.ToString().ToLowerInvariant(), privacy?.Unit.ToString().ToLowerInvariant(), privacy?.Budget.Accountant, privacy?.Budget.Delta)
        {
            Budget = privacy?.Budget.Epsilon,
            Spent = privacy is { IsCountedHere: true } ? PrivacySpending.Epsilon(state) : null,
            Noise = privacy?.Event(state.Spec.Strategy).NoiseMultiplier,
            Participations = state.Spent,
            Rounds = [.. ledger.Select(r => new PrivacyRound(r.Round, r.Version, r.Noise, r.Planned, LedgerRows.Clients(r).Count, r.Epsilon, r.AtMs))],
        };
    }
}

/// <param name="Round">The round.</param>
/// <param name="Version">What it published.</param>
/// <param name="Noise">Its noise multiplier as one Gaussian event.</param>
/// <param name="Planned">The public denominator.</param>
/// <param name="Clients">Who took part, by number.</param>
/// <param name="Epsilon">The most that any client had spent then.</param>
/// <param name="AtMs">When it was published.</param>
sealed record PrivacyRound(int Round, int Version, double Noise, int Planned, int Clients, double Epsilon, long AtMs);
