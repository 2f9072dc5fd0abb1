namespace Federated.Server.Rounds;

/// <summary>Where a run's loop stands. Pausing is a flag beside it, honoured in Idle.</summary>
enum RoundPhase
{
    /// <summary>Between rounds.</summary>
    Idle,

    /// <summary>Waiting for enough eligible clients; for as long as it takes, because sites sleep at night.</summary>
    Selecting,

    /// <summary>The plan is saved and pushed; updates come in.</summary>
    Collecting,

    /// <summary>The accepted set is committed and being folded.</summary>
    Aggregating,

    /// <summary>The folded version is being written.</summary>
    Publishing,

    /// <summary>The attempt failed; the next begins after a back-off.</summary>
    Failed,

    /// <summary>All rounds are published. Terminal.</summary>
    Completed,

    /// <summary>Ended by the operator or by too many failed attempts. Terminal.</summary>
    Stopped,
}
