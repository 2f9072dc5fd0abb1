using Federated.Server.Storage.Rows;

namespace Federated.Server.Rounds;

/// <summary>One step: the new state, what must be durable before anything else happens, what to do then, and the answer.</summary>
sealed record StepResult(RoundState State, IReadOnlyList<RowChange> Rows, IReadOnlyList<RoundEffect> Effects, StepOutcome Outcome);
