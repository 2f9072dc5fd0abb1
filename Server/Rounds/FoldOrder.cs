using System.Collections.Immutable;
using Federated.Server.Planning;
using Federated.Server.Runs;

namespace Federated.Server.Rounds;

/// <summary>Everything that determines the next version's bytes.</summary>
sealed record FoldOrder(RunSpec Spec, RoundPlan Plan, AcceptedSet Accepted, VersionInfo VersionIn)
{
    /// <summary>Earlier versions that accepted updates started from.</summary>
    public ImmutableSortedDictionary<int, VersionInfo> Starts { get; init; } = ImmutableSortedDictionary<int, VersionInfo>.Empty;

    /// <summary>By client: what those that have measured reported, this round's included.</summary>
    public ImmutableSortedDictionary<string, SiteReport> Reports { get; init; } = SiteReports.None;

    /// <summary>Digest of the plan under which an update was trained.</summary>
    public string PlanOf(AcceptedUpdate update) =>
        Plan.Cohort.FirstOrDefault(c => c.Client == update.Client)?.Plan ?? StartOf(update).PlanDigest;

    /// <summary>Whether both come to the same bytes.</summary>
    public bool IsSame(FoldOrder other) => ReferenceEquals(Spec, other.Spec) && ReferenceEquals(Plan, other.Plan) && ReferenceEquals(VersionIn, other.VersionIn)
        && Accepted.Digest == other.Accepted.Digest && Reports.SequenceEqual(other.Reports);

    public VersionInfo StartOf(AcceptedUpdate update) => update.StartVersion is { } version ? Starts[version] : VersionIn;
}
