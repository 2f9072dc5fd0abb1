using Federated.Server.Faults;

namespace Federated.Server.Rounds;

/// <summary>What readers see: the state as last committed. Reading it never waits for the loop.</summary>
/// <param name="State">Immutable.</param>
/// <param name="Halted">Why the loop no longer runs, if it failed unexpectedly.</param>
sealed record RoundSnapshot(RoundState State, Refusal? Halted = null);
