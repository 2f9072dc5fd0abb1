namespace Federated.Client.Rounds;

/// <summary>What a daemon takes from its surroundings.</summary>
/// <param name="Time">Clock and timers.</param>
/// <param name="Random">Jitter; nothing that must repeat.</param>
/// <param name="Log">Where it says what it does.</param>
/// <param name="Device">What computes; the daemon disposes it.</param>
public sealed record ClientRuntime(TimeProvider Time, Random Random, ClientLog Log, IDevice Device);
