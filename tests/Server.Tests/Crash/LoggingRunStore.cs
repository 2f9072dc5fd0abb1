using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Server.Tests.Crash;

/// <summary>A store that keeps the log of its commits, and tells of each.</summary>
sealed class LoggingRunStore(Action<IReadOnlyList<RowChange>>? committed = null) : IRunStore
{
    readonly MemoryRunStore _store = new();

    public List<IReadOnlyList<RowChange>> Commits { get; } = [];

    /// <summary>What a commit waits for.</summary>
    public Func<IReadOnlyList<RowChange>, Task> Before { get; set; } = _ => Task.CompletedTask;

    public async Task CommitAsync(IReadOnlyList<RowChange> changes, CancellationToken stopping)
    {
        await Before(changes);
        await _store.CommitAsync(changes, stopping);
        lock (Commits)
            Commits.Add(changes);
        committed?.Invoke(changes);
    }

    public Task<IReadOnlyList<RunRow>> RunsAsync(CancellationToken stopping) => _store.RunsAsync(stopping);

    public Task<IReadOnlyList<ClientRow>> ClientsAsync(CancellationToken stopping) => _store.ClientsAsync(stopping);

    public Task<IReadOnlyList<RoundRow>> RoundsAsync(string run, CancellationToken stopping) => _store.RoundsAsync(run, stopping);

    public Task<IReadOnlyList<ParticipationRow>> ParticipationsAsync(string run, int? round, CancellationToken stopping) => _store.ParticipationsAsync(run, round, stopping);

    public Task<IReadOnlyList<EvaluationRow>> EvaluationsAsync(string run, CancellationToken stopping) => _store.EvaluationsAsync(run, stopping);

    public Task<PlanRow?> PlanAsync(string run, int round, int attempt, CancellationToken stopping) => _store.PlanAsync(run, round, attempt, stopping);

    public Task<VersionRow?> VersionAsync(string run, int version, CancellationToken stopping) => _store.VersionAsync(run, version, stopping);

    public Task<IReadOnlyList<LedgerRow>> LedgerAsync(string run, CancellationToken stopping) => _store.LedgerAsync(run, stopping);

    public Task<ReceiptRow?> ReceiptAsync(string run, string assignment, CancellationToken stopping) => _store.ReceiptAsync(run, assignment, stopping);

    public Task<IReadOnlyList<EventRow>> EventsAsync(long after, int limit, string? run, CancellationToken stopping) => _store.EventsAsync(after, limit, run, stopping);

    public long LastEvent => _store.LastEvent;

    public Task WaitForEventAsync(long after, CancellationToken stopping) => _store.WaitForEventAsync(after, stopping);
}
