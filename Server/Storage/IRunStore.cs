using Federated.Server.Storage.Rows;

namespace Federated.Server.Storage;

/// <summary>What outlives the process, in rows. One contract test suite holds for every implementation.</summary>
interface IRunStore
{
    /// <summary>All changes or none, durable when the task completes. Event rows are numbered in the order of the commits.</summary>
    /// <exception cref="StoreConflictException">A new key exists, or an updated one does not.</exception>
    /// <exception cref="IOException">The disk refuses; nothing was changed.</exception>
    Task CommitAsync(IReadOnlyList<RowChange> changes, CancellationToken stopping);

    /// <summary>By id, in ordinal order.</summary>
    Task<IReadOnlyList<RunRow>> RunsAsync(CancellationToken stopping);

    Task<IReadOnlyList<ClientRow>> ClientsAsync(CancellationToken stopping);

    /// <summary>By round; all of a run's.</summary>
    Task<IReadOnlyList<RoundRow>> RoundsAsync(string run, CancellationToken stopping);

    /// <summary>By round, then client; of one round, or of all where <paramref name="round"/> is null.</summary>
    Task<IReadOnlyList<ParticipationRow>> ParticipationsAsync(string run, int? round, CancellationToken stopping);

    /// <summary>By version, then client.</summary>
    Task<IReadOnlyList<EvaluationRow>> EvaluationsAsync(string run, CancellationToken stopping);

    Task<PlanRow?> PlanAsync(string run, int round, int attempt, CancellationToken stopping);

    Task<VersionRow?> VersionAsync(string run, int version, CancellationToken stopping);

    /// <summary>By version.</summary>
    Task<IReadOnlyList<LedgerRow>> LedgerAsync(string run, CancellationToken stopping);

    Task<ReceiptRow?> ReceiptAsync(string run, string assignment, CancellationToken stopping);

    /// <summary>By number: those after <paramref name="after"/>, at most <paramref name="limit"/>; of one run, or of all where it is null.</summary>
    Task<IReadOnlyList<EventRow>> EventsAsync(long after, int limit, string? run, CancellationToken stopping);

    /// <summary>The number of the newest event that is committed; 0 where there is none.</summary>
    long LastEvent { get; }

    /// <summary>Ends as soon as an event after <paramref name="after"/> is committed.</summary>
    Task WaitForEventAsync(long after, CancellationToken stopping);
}
