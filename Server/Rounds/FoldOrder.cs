using Federated.Server.Runs;

namespace Federated.Server.Rounds;

/// <summary>Everything that determines the next version's bytes.</summary>
sealed record FoldOrder(RunSpec Spec, RoundPlan Plan, AcceptedSet Accepted, VersionInfo VersionIn);
