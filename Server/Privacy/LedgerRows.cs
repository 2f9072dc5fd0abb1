using System.Text.Json;
using Federated.Server.Rounds;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Privacy;

/// <summary>Ledger rows from states and back.</summary>
static class LedgerRows
{
    /// <summary>The row of the version that a state just published; null where nothing is counted here.</summary>
    public static LedgerRow? Of(RoundState state) => state.Spec.Privacy is not { IsCountedHere: true } privacy ? null : new LedgerRow
    {
        RunId = state.Run,
        Version = state.Version.Version,
        Round = state.Round,
        At = state.Spec.Privacy.At.ToString().ToLowerInvariant(),
        Noise = privacy.Event(state.Spec.Strategy).NoiseMultiplier,
        Planned = state.Spec.Cohort.Quorum,
        ClientsJson = JsonSerializer.Serialize(state.Accepted!.Updates.Select(u => u.Client)),
        AcceptedSetDigest = state.Accepted.Digest,
        Epsilon = PrivacySpending.Epsilon(state),
        Delta = privacy.Budget.Delta,
        Accountant = privacy.Budget.Accountant,
        AtMs = state.Version.PublishedMs,
    };

    public static IReadOnlyList<string> Clients(LedgerRow row) => JsonSerializer.Deserialize<List<string>>(row.ClientsJson)!;
}
