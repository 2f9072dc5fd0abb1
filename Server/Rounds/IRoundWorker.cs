namespace Federated.Server.Rounds;

/// <summary>The long work of a round, off the loop: it answers with the command that the loop takes next.</summary>
interface IRoundWorker
{
    /// <summary>FoldCompleted, FoldRefused or WorkInterrupted; throws only when cancelled.</summary>
    Task<RoundCommand> FoldAsync(FoldOrder order, CancellationToken stopping);

    /// <summary>VersionWritten or WorkInterrupted; throws only when cancelled.</summary>
    Task<RoundCommand> WriteAsync(FoldOrder order, FoldedVersion folded, CancellationToken stopping);

    /// <summary>After the commit: Diagnosed or NotDiagnosed; throws only when cancelled.</summary>
    Task<RoundCommand> DiagnoseAsync(FoldOrder order, CancellationToken stopping);

    /// <summary>After the commit: what is convenient but can be rebuilt, such as the peft folder.</summary>
    Task ExportAsync(RoundState state, VersionInfo version, CancellationToken stopping);
}
