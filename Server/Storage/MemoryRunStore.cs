using System.Collections.Immutable;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Storage;

/// <summary>The store of a simulation: the same contract, nothing written.</summary>
sealed class MemoryRunStore : IRunStore
{
    readonly Lock _writing = new();
    readonly EventSequence _events = new(0);
    volatile ImmutableDictionary<(Type, string), IRow> _rows = ImmutableDictionary<(Type, string), IRow>.Empty;

    public Task CommitAsync(IReadOnlyList<RowChange> changes, CancellationToken stopping)
    {
        lock (_writing)
        {
            var rows = _rows.ToBuilder();
            var last = _events.Last;
            foreach (var (row, isNew) in EventSequence.Number(changes, ref last))
            {
                var key = (row.GetType(), row.Key);
                if (rows.ContainsKey(key) == isNew)
                    throw new StoreConflictException($"{row.GetType().Name} '{row.Key}' {(isNew ? "exists already" : "does not exist")}.");
                rows[key] = row;
            }
            _rows = rows.ToImmutable();
            _events.Committed(last);
        }
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RunRow>> RunsAsync(CancellationToken stopping) =>
        Query<RunRow>(r => true, r => r.OrderBy(x => x.Id, StringComparer.Ordinal));

    public Task<IReadOnlyList<ClientRow>> ClientsAsync(CancellationToken stopping) =>
        Query<ClientRow>(r => true, r => r.OrderBy(x => x.Id, StringComparer.Ordinal));

    public Task<IReadOnlyList<RoundRow>> RoundsAsync(string run, CancellationToken stopping) =>
        Query<RoundRow>(r => r.RunId == run, r => r.OrderBy(x => x.Round));

    public Task<IReadOnlyList<ParticipationRow>> ParticipationsAsync(string run, int? round, CancellationToken stopping) =>
        Query<ParticipationRow>(
            r => r.RunId == run && (round is null || r.Round == round),
            r => r.OrderBy(x => x.Round).ThenBy(x => x.Client, StringComparer.Ordinal));

    public Task<IReadOnlyList<EvaluationRow>> EvaluationsAsync(string run, CancellationToken stopping) =>
        Query<EvaluationRow>(r => r.RunId == run, r => r.OrderBy(x => x.Version).ThenBy(x => x.Client, StringComparer.Ordinal));

    public Task<PlanRow?> PlanAsync(string run, int round, int attempt, CancellationToken stopping) => Find<PlanRow>($"{run}/{round}/{attempt}");

    public Task<VersionRow?> VersionAsync(string run, int version, CancellationToken stopping) => Find<VersionRow>($"{run}/{version}");

    public Task<IReadOnlyList<LedgerRow>> LedgerAsync(string run, CancellationToken stopping) =>
        Query<LedgerRow>(r => r.RunId == run, r => r.OrderBy(x => x.Version));

    public async Task<ReceiptRow?> ReceiptAsync(string run, string assignment, CancellationToken stopping) =>
        await Find<ReceiptRow>(assignment) is { } row && row.RunId == run ? row : null;

    public Task<IReadOnlyList<EventRow>> EventsAsync(long after, int limit, string? run, CancellationToken stopping) =>
        Query<EventRow>(r => r.Sequence > after && (run is null || r.RunId == run), r => r.OrderBy(x => x.Sequence).Take(limit));

    public long LastEvent => _events.Last;

    public Task WaitForEventAsync(long after, CancellationToken stopping) => _events.WaitAsync(after, stopping);

    Task<T?> Find<T>(string key) where T : class, IRow => Task.FromResult(_rows.GetValueOrDefault((typeof(T), key)) as T);

    Task<IReadOnlyList<T>> Query<T>(Func<T, bool> where, Func<IEnumerable<T>, IEnumerable<T>> order) where T : IRow =>
        Task.FromResult<IReadOnlyList<T>>([.. order(_rows.Values.OfType<T>().Where(where))]);
}
