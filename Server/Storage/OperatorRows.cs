using Federated.Server.Storage.Rows;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Federated.Server.Storage;

/// <summary>What operators read, in pages, over connections that never wait for the writer.</summary>
sealed class OperatorRows(string database)
{
    readonly DbContextOptions<FederatedDbContext> _reading = SqliteOptions.At(database, SqliteOpenMode.ReadWrite);

    public Task<List<ApiKeyRow>> ApiKeysAsync(CancellationToken stopping) => ReadAsync(c => c.ApiKeys.OrderBy(x => x.CreatedMs).ThenBy(x => x.Id), stopping);

    public Task<List<JoinTokenRow>> JoinTokensAsync(CancellationToken stopping) => ReadAsync(c => c.JoinTokens.OrderBy(x => x.CreatedMs).ThenBy(x => x.Id), stopping);

    public Task<List<CertificateRow>> CertificatesAsync(CancellationToken stopping) => ReadAsync(c => c.Certificates.OrderBy(x => x.IssuedMs), stopping);

    public Task<List<StandingRow>> StandingsAsync(CancellationToken stopping) => ReadAsync(c => c.Standings.OrderBy(x => x.Client), stopping);

    public Task<List<IdempotencyRow>> IdempotencyAsync(CancellationToken stopping) => ReadAsync(c => c.Idempotency.OrderBy(x => x.Sequence), stopping);

    /// <summary>Entries after a sequence number, the oldest first.</summary>
    public Task<List<AuditRow>> AuditAsync(long after, int limit, CancellationToken stopping) =>
        ReadAsync(c => c.Audit.Where(x => x.Sequence > after).OrderBy(x => x.Sequence).Take(limit), stopping);

    public Task<List<AuditRow>> LastAuditAsync(CancellationToken stopping) => ReadAsync(c => c.Audit.OrderByDescending(x => x.Sequence).Take(1), stopping);

    /// <summary>A run's rounds after one, the earliest first.</summary>
    public Task<List<RoundRow>> RoundsAsync(string run, int after, int limit, CancellationToken stopping) =>
        ReadAsync(c => c.Rounds.Where(x => x.RunId == run && x.Round > after).OrderBy(x => x.Round).Take(limit), stopping);

    /// <summary>A run's participations of rounds in a range, both ends included, by round, then client.</summary>
    public Task<List<ParticipationRow>> ParticipationsAsync(string run, int from, int to, CancellationToken stopping) =>
        ReadAsync(c => c.Participations.Where(x => x.RunId == run && x.Round >= from && x.Round <= to).OrderBy(x => x.Round).ThenBy(x => x.Client), stopping);

    /// <summary>A run's evaluations of versions in a range, both ends included, by version, then client.</summary>
    public Task<List<EvaluationRow>> EvaluationsAsync(string run, int from, int to, CancellationToken stopping) =>
        ReadAsync(c => c.Evaluations.Where(x => x.RunId == run && x.Version >= from && x.Version <= to).OrderBy(x => x.Version).ThenBy(x => x.Client), stopping);

    /// <summary>A run's versions after one, the earliest first.</summary>
    public Task<List<VersionRow>> VersionsAsync(string run, int after, int limit, CancellationToken stopping) =>
        ReadAsync(c => c.Versions.Where(x => x.RunId == run && x.Version > after).OrderBy(x => x.Version).Take(limit), stopping);

    /// <summary>The newest events of a run, or of all, the oldest of them first.</summary>
    public async Task<IReadOnlyList<EventRow>> NewestEventsAsync(string? run, int count, CancellationToken stopping)
    {
        var events = await ReadAsync(c => c.Events.Where(x => run == null || x.RunId == run).OrderByDescending(x => x.Sequence).Take(count), stopping);
        events.Reverse();
        return events;
    }

    /// <summary>The number of the latest event; 0 where there is none.</summary>
    public async Task<long> LastEventAsync(CancellationToken stopping) =>
        (await ReadAsync(c => c.Events.OrderByDescending(x => x.Sequence).Select(x => x.Sequence).Take(1), stopping)).FirstOrDefault();

    async Task<List<T>> ReadAsync<T>(Func<FederatedDbContext, IQueryable<T>> query, CancellationToken stopping)
    {
        using var context = new FederatedDbContext(_reading);
        return await query(context).ToListAsync(stopping);
    }
}
