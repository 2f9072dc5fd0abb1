namespace Federated.Server.Rounds;

static partial class RoundLog
{
    // Those that every round passes through in between are for who looks for a fault.
    public static void PhaseEntered(this ILogger logger, RoundState state) => logger.PhaseEntered(
        state.Phase is RoundPhase.Idle or RoundPhase.Selecting or RoundPhase.Aggregating or RoundPhase.Publishing ? LogLevel.Debug : LogLevel.Information,
        state.Run, state.Round, state.Attempt, state.Phase);

    [LoggerMessage(EventId = 100, EventName = "PhaseEntered", Message = "Run '{RunId}', round {Round}, attempt {Attempt}: {Phase}.")]
    static partial void PhaseEntered(this ILogger logger, LogLevel level, string runId, int round, int attempt, RoundPhase phase);

    [LoggerMessage(EventId = 101, EventName = "UpdateAccepted", Level = LogLevel.Information, Message = "Run '{RunId}', round {Round} accepted the update of '{ClientId}': {Accepted} of {Quorum}.")]
    public static partial void UpdateAccepted(this ILogger logger, string runId, int round, string clientId, int accepted, int quorum);

    [LoggerMessage(EventId = 102, EventName = "UpdateNotTaken", Level = LogLevel.Information, Message = "Run '{RunId}' did not take the update of '{ClientId}': {Code}: {Reason}")]
    public static partial void UpdateNotTaken(this ILogger logger, string runId, string clientId, string code, string reason);

    [LoggerMessage(EventId = 103, EventName = "AttemptFailed", Level = LogLevel.Warning, Message = "Run '{RunId}', round {Round}, attempt {Attempt} failed: {Code}: {Reason}")]
    public static partial void AttemptFailed(this ILogger logger, string runId, int round, int attempt, string code, string reason);

    [LoggerMessage(EventId = 104, EventName = "WorkInterrupted", Level = LogLevel.Error, Message = "Run '{RunId}', round {Round}: folding or writing was interrupted and will be tried again: {Code}: {Reason}")]
    public static partial void WorkInterrupted(this ILogger logger, string runId, int round, string code, string reason);

    [LoggerMessage(EventId = 105, EventName = "CommitRefused", Level = LogLevel.Error, Message = "Run '{RunId}': the store refused a commit: {Reason}")]
    public static partial void CommitRefused(this ILogger logger, string runId, string reason, Exception exception);

    [LoggerMessage(EventId = 106, EventName = "VersionPublished", Level = LogLevel.Information, Message = "Run '{RunId}' published version {Version}, {Digest}.")]
    public static partial void VersionPublished(this ILogger logger, string runId, int version, string digest);

    [LoggerMessage(EventId = 107, EventName = "LoopHalted", Level = LogLevel.Critical, Message = "Run '{RunId}': its loop halted on a broken invariant; nothing accepted is lost, a restart resumes from the store.")]
    public static partial void LoopHalted(this ILogger logger, string runId, Exception exception);

    [LoggerMessage(EventId = 108, EventName = "ExportFailed", Level = LogLevel.Error, Message = "Run '{RunId}': the folder of version {Version} could not be written; it is rebuilt when asked for.")]
    public static partial void ExportFailed(this ILogger logger, string runId, int version, Exception exception);

    [LoggerMessage(EventId = 109, EventName = "SpoolsNotDeleted", Level = LogLevel.Error, Message = "Run '{RunId}': spools up to round {Round} could not be deleted.")]
    public static partial void SpoolsNotDeleted(this ILogger logger, string runId, int round, Exception exception);

    [LoggerMessage(EventId = 110, EventName = "RunNotResumed", Level = LogLevel.Error, Message = "Run '{RunId}' was not resumed: {Reason}")]
    public static partial void RunNotResumed(this ILogger logger, string runId, string reason, Exception exception);
}
