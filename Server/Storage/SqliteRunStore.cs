using Federated.Server.Faults;
using Federated.Server.Storage.Rows;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Federated.Server.Storage;

/// <summary>
/// One SQLite file: write-ahead log, synchronous = FULL, one writing connection that stays open. Readers have connections of
/// their own and never wait for the writer.
/// </summary>
sealed class SqliteRunStore : IRunStore, IAsyncDisposable
{
    const int EventsKept = 500_000;

    readonly SqliteConnection _writer;
    readonly PooledDbContextFactory<FederatedDbContext> _reading;
    readonly EventSequence _events;
    readonly GroupCommit _commits;

    SqliteRunStore(SqliteConnection writer, string path)
    {
        _writer = writer;
        _events = new EventSequence(TrimEvents(writer));
        _commits = new GroupCommit(writer, _events);
        _reading = SqliteOptions.Pool(path);
    }

    /// <summary>Opens the file, migrating it where it is older than this program. The caller holds the data folder's lock.</summary>
    /// <exception cref="FaultException">The database is newer than this program, is none, or the disk is full.</exception>
    public static async Task<SqliteRunStore> OpenAsync(string path, CancellationToken stopping, int busySeconds = SqliteOptions.BusySeconds)
    {
        try
        {
            await DatabaseMigrator.MigrateAsync(path, stopping);
            var writer = new SqliteConnection(SqliteOptions.ConnectionString(path, SqliteOpenMode.ReadWrite, busySeconds));
            await writer.OpenAsync(stopping);
            SqliteOptions.MakeDurable(writer);
            var store = new SqliteRunStore(writer, path);
            // The model of the tables is made by the first query: here, where a server still composes the rest of itself.
            await store.RunsAsync(stopping);
            return store;
        }
        catch (SqliteException e)
        {
            throw new FaultException(SqliteErrors.Of(e, $"The database '{path}'"), e);
        }
    }

    public Task CommitAsync(IReadOnlyList<RowChange> changes, CancellationToken stopping) => _commits.CommitAsync(changes, stopping);

    public async Task<IReadOnlyList<RunRow>> RunsAsync(CancellationToken stopping)
    {
        using var context = Read();
        return await context.Runs.OrderBy(x => x.Id).ToListAsync(stopping);
    }

    public async Task<IReadOnlyList<ClientRow>> ClientsAsync(CancellationToken stopping)
    {
        using var context = Read();
        return await context.Clients.OrderBy(x => x.Id).ToListAsync(stopping);
    }

    public async Task<IReadOnlyList<RoundRow>> RoundsAsync(string run, CancellationToken stopping)
    {
        using var context = Read();
        return await context.Rounds.Where(x => x.RunId == run).OrderBy(x => x.Round).ToListAsync(stopping);
    }

    public async Task<IReadOnlyList<ParticipationRow>> ParticipationsAsync(string run, int? round, CancellationToken stopping)
    {
        using var context = Read();
        return await context.Participations.Where(x => x.RunId == run && (round == null || x.Round == round))
            .OrderBy(x => x.Round).ThenBy(x => x.Client).ToListAsync(stopping);
    }

    public async Task<IReadOnlyList<EvaluationRow>> EvaluationsAsync(string run, CancellationToken stopping)
    {
        using var context = Read();
        return await context.Evaluations.Where(x => x.RunId == run).OrderBy(x => x.Version).ThenBy(x => x.Client).ToListAsync(stopping);
    }

    public async Task<PlanRow?> PlanAsync(string run, int round, int attempt, CancellationToken stopping)
    {
        using var context = Read();
        return await context.Plans.SingleOrDefaultAsync(x => x.RunId == run && x.Round == round && x.Attempt == attempt, stopping);
    }

    public async Task<VersionRow?> VersionAsync(string run, int version, CancellationToken stopping)
    {
        using var context = Read();
        return await context.Versions.SingleOrDefaultAsync(x => x.RunId == run && x.Version == version, stopping);
    }

    public async Task<IReadOnlyList<LedgerRow>> LedgerAsync(string run, CancellationToken stopping)
    {
        using var context = Read();
        return await context.Ledger.Where(x => x.RunId == run).OrderBy(x => x.Version).ToListAsync(stopping);
    }

    public async Task<ReceiptRow?> ReceiptAsync(string run, string assignment, CancellationToken stopping)
    {
        using var context = Read();
        return await context.Receipts.SingleOrDefaultAsync(x => x.RunId == run && x.AssignmentId == assignment, stopping);
    }

    public async Task<IReadOnlyList<EventRow>> EventsAsync(long after, int limit, string? run, CancellationToken stopping)
    {
        using var context = Read();
        return await context.Events.Where(x => x.Sequence > after && (run == null || x.RunId == run)).OrderBy(x => x.Sequence).Take(limit).ToListAsync(stopping);
    }

    public long LastEvent => _events.Last;

    public Task WaitForEventAsync(long after, CancellationToken stopping) => _events.WaitAsync(after, stopping);

    // The newest stay, and with them the last number; the table is bounded by what one life of the process adds.
    static long TrimEvents(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"""DELETE FROM "events" WHERE "sequence" <= (SELECT coalesce(max("sequence"), 0) FROM "events") - {EventsKept}""";
        command.ExecuteNonQuery();
        command.CommandText = """SELECT coalesce(max("sequence"), 0) FROM "events" """;
        return (long)command.ExecuteScalar()!;
    }

    public async ValueTask DisposeAsync()
    {
        _commits.Dispose();
        await _writer.DisposeAsync();
    }

    FederatedDbContext Read() => _reading.CreateDbContext();
}
