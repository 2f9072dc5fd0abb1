using Federated.Privacy.Probes;
using Federated.Server.Rounds;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Privacy;

/// <summary>What updates looked like to a probe without ground truth.</summary>
/// <param name="ProbePack">Digest of the candidates; null where the run has none, and then nothing was measured.</param>
/// <param name="Threshold">Standard deviations of logit distance below which a candidate counts as standing out.</param>
/// <param name="Rounds">Rounds with measures.</param>
sealed record LeakageView(string? ProbePack, double Threshold, IReadOnlyList<LeakageRound> Rounds)
{
    public static LeakageView Of(RoundState state, IReadOnlyList<RoundRow> rounds) => new(state.Spec.ProbePack, BlindProbe.Threshold,
        [.. rounds.Where(r => r.LeakageJson is not null).Select(r => new LeakageRound(r.Round, r.VersionOut, LeakIndicators.Read(r.LeakageJson!)))]);
}

/// <param name="Round">The round.</param>
/// <param name="Version">What it published.</param>
/// <param name="Updates">By client.</param>
sealed record LeakageRound(int Round, int? Version, IReadOnlyList<LeakIndicator> Updates);
