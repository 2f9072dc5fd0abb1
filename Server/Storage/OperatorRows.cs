using Federated.Server.Storage.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Federated.Server.Storage;

/// <summary>What operators read, in pages, over connections that never wait for the writer.</summary>
sealed class OperatorRows(string database)
{
    readonly PooledDbContextFactory<FederatedDbContext> _reading = SqliteOptions.Pool(database);

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

    /// <summary>A run's rounds after one, the earliest first, as curves show them. The sums are the database's own work: nobody reads a row per client and round for them.</summary>
    /// <param name="run">The run.</param>
    /// <param name="after">The last round seen.</param>
    /// <param name="accepted">The state of participations whose samples and losses count.</param>
    /// <param name="done">The state of evaluations that count.</param>
    /// <param name="stopping">Ends the reading.</param>
    public async Task<List<CurvePoint>> CurveAsync(string run, int after, string accepted, string done, CancellationToken stopping)
    {
        var rounds = await ReadAsync(c => c.Rounds.Where(x => x.RunId == run && x.Round > after).OrderBy(x => x.Round)
            .Select(x => new { x.Round, x.StartedMs, x.PublishedMs, x.VersionOut, x.Rejected, x.Discarded }), stopping);
        var updates = (await ReadAsync(c => c.Participations.Where(x => x.RunId == run && x.Round > after).GroupBy(x => x.Round).Select(g => new
        {
            Round = g.Key,
            Sums = new UpdateSums(
                g.Count(x => x.State == accepted), g.Sum(x => x.BytesUp), g.Sum(x => x.BytesDown),
                g.Sum(x => x.State == accepted && x.TrainingLoss != null ? x.Samples : 0L), g.Sum(x => x.State == accepted && x.TrainingLoss != null ? x.TrainingLoss!.Value * x.Samples : 0.0)),
        }), stopping)).ToDictionary(u => u.Round, u => u.Sums);
        var first = rounds.Select(r => r.VersionOut ?? int.MaxValue).DefaultIfEmpty(int.MaxValue).Min();
        var evaluations = (await ReadAsync(c => c.Evaluations.Where(x => x.RunId == run && x.Version >= first && x.State == done).GroupBy(x => x.Version)
            .Select(g => new { Version = g.Key, Sums = new EvaluationSums(g.Sum(x => x.Samples), g.Sum(x => x.Correct), g.Sum(x => x.LossSum)) }), stopping)).ToDictionary(e => e.Version, e => e.Sums);
        return [.. rounds.Select(r => new CurvePoint(
            r.Round, r.VersionOut, r.Round > 0 && r.PublishedMs is { } end ? (end - r.StartedMs) / 1000.0 : null, r.Rejected, r.Discarded,
            updates.GetValueOrDefault(r.Round, UpdateSums.None), r.VersionOut is { } version ? evaluations.GetValueOrDefault(version) : null))];
    }

    async Task<List<T>> ReadAsync<T>(Func<FederatedDbContext, IQueryable<T>> query, CancellationToken stopping)
    {
        using var context = _reading.CreateDbContext();
        return await query(context).ToListAsync(stopping);
    }
}
