using System.Collections.Immutable;
using Federated.Server.Runs;

namespace Federated.Server.Rounds;

/// <summary>Everything that determines the next version's bytes.</summary>
sealed record FoldOrder(RunSpec Spec, RoundPlan Plan, AcceptedSet Accepted, VersionInfo VersionIn)
{
    /// <summary>Earlier versions that accepted updates started from.</summary>
    public ImmutableSortedDictionary<int, VersionInfo> Starts { get; init; } = ImmutableSortedDictionary<int, VersionInfo>.Empty;

    public VersionInfo StartOf(AcceptedUpdate update) => update.StartVersion is { } version ? Starts[version] : VersionIn;
}
