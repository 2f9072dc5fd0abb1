using System.Diagnostics;
using Federated.Server.Storage;
using Federated.Server.Storage.Migrations;
using Federated.Server.Storage.Rows;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Server.Tests.Kit;

namespace Server.Tests.Storage;

/// <summary>
/// A migration killed at any step: the data folder is copied after every statement that the migration executes, which is what SIGKILL there would leave
/// (the page cache outlives the process), and a new process opens each copy.
/// </summary>
public sealed class MigrationTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    string Live => Directory.CreateDirectory(Path.Combine(_folder.Path, "live")).FullName;

    string Database => Path.Combine(Live, "federated.db");

    [Fact]
    public async Task Migrate_OldDatabase_KeepsItsRowsAndABackup()
    {
        await CreateOldAsync();

        await AssertMigratedAsync(Live);

        Assert.Equal(["federated.db.before-0002"], Directory.GetFiles(Live, "*.before-*").Select(p => Path.GetFileName(p)));
        using var backup = new SqliteConnection($"Data Source={Database}.before-0002;Pooling=False");
        backup.Open();
        using var command = backup.CreateCommand();
        command.CommandText = "SELECT count(*) FROM participations";
        Assert.Equal(1L, command.ExecuteScalar());
    }

    [Fact]
    public async Task Migrate_KilledAfterEveryStatement_IsFinishedByTheNextProcess()
    {
        await CreateOldAsync();
        var copies = new List<string>();
        using (new Statements(Database, () => copies.Add(Copy(copies.Count))))
            await DatabaseMigrator.MigrateAsync(Database, CancellationToken.None);

        Assert.InRange(copies.Count, 8, 200);
        foreach (var copy in copies)
            await AssertMigratedAsync(copy);
    }

    /// <summary>SIGKILL of the real executable, at the n-th change of the database's files that the system tells of.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task Migrate_ProcessKilledOnTheWay_IsFinishedByTheNextOne(int change)
    {
        await CreateOldAsync();
        var (seen, reached) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var watcher = new FileSystemWatcher(Live, "federated.db*");
        watcher.Created += Count;
        watcher.Changed += Count;
        watcher.EnableRaisingEvents = true;
        using var process = ServerProcess.Spawn(Live, "--http-port", "0", "--grpc-port", "0", "--threads", "1");
        await Task.WhenAny(reached.Task, process.StandardOutput.ReadLineAsync()).DefaultTimeout();
        process.Kill();
        await process.WaitForExitAsync().DefaultTimeout();

        await AssertMigratedAsync(Live);

        void Count(object sender, FileSystemEventArgs e)
        {
            if (Interlocked.Increment(ref seen) >= change)
                reached.TrySetResult();
        }
    }

    async Task CreateOldAsync()
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        SqliteOptions.MakeDurable(connection);
        using var context = new FederatedDbContext(SqliteOptions.On(connection));
        var history = context.GetService<IHistoryRepository>();
        var first = new M0001Initial().UpOperations.OfType<SqlOperation>().Select(o => o.Sql);
        using var command = connection.CreateCommand();
        command.CommandText = string.Join('\n', [history.GetCreateScript(), .. first, history.GetInsertScript(new HistoryRow("0001_Initial", "10.0.0"))]);
        await command.ExecuteNonQueryAsync();
        command.CommandText = """
            INSERT INTO runs (id, specJson, specDigest, createdMs, phase, paused, round, attempt, version) VALUES ('old', '{}', 'd', 1, 'idle', 0, 3, 1, 2);
            INSERT INTO participations (runId, round, client, attempt, assignmentId, state, startManifest, samples, bytesUp, bytesDown)
                VALUES ('old', 2, 'a', 1, 'old:2:1:t:a', 'accepted', 'm', 10, 20, 30);
            INSERT INTO versions (runId, version, manifestDigest, manifestSize, schemaDigest, planDigest, planVersion, groupsJson, publishedMs)
                VALUES ('old', 2, 'm2', 1, 's', 'p', 0, '{"groups":[]}', 5);
            """;
        command.ExecuteNonQuery();
    }

    static async Task AssertMigratedAsync(string folder)
    {
        await using var store = await SqliteRunStore.OpenAsync(Path.Combine(folder, "federated.db"), CancellationToken.None);
        Assert.Equal("old", Assert.Single(await store.RunsAsync(CancellationToken.None)).Id);
        var participation = Assert.Single(await store.ParticipationsAsync("old", null, CancellationToken.None));
        Assert.Equal((2, 1, "old:2:1:t:a"), (participation.StartRound, participation.StartVersion, participation.AssignmentId));
        Assert.Null((await store.VersionAsync("old", 2, CancellationToken.None))!.OffsetsJson);
        await store.CommitAsync([RowChange.Add(Rows.Event("old", "works"))], CancellationToken.None);
        Assert.Equal("works", Assert.Single(await store.EventsAsync(0, 9, null, CancellationToken.None)).Kind);
    }

    string Copy(int number)
    {
        var target = Directory.CreateDirectory(Path.Combine(_folder.Path, $"copy-{number:D3}")).FullName;
        // The index of the log is rebuilt from the log; a process that is gone holds no lock in it.
        foreach (var file in Directory.GetFiles(Live).Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        return target;
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    /// <summary>Hears every statement that Entity Framework has executed on one database.</summary>
    sealed class Statements : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        readonly List<IDisposable> _subscriptions = [];
        readonly string _database;
        readonly Action _executed;

        public Statements(string database, Action executed)
        {
            (_database, _executed) = (database, executed);
            _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        }

        public void OnNext(DiagnosticListener listener)
        {
            if (listener.Name == DbLoggerCategory.Name)
                _subscriptions.Add(listener.Subscribe(this));
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Value is CommandExecutedEventData executed && executed.Command.Connection?.DataSource == _database)
                _executed();
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose() => _subscriptions.ForEach(s => s.Dispose());
    }
}
