using Federated.Server.Faults;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Server.Tests.Kit;

namespace Server.Tests.Storage;

public sealed class SqliteRunStoreTests : RunStoreContract, IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    readonly List<SqliteRunStore> _open = [];

    string Database => Path.Combine(_folder.Path, "federated.db");

    private protected override async Task<IRunStore> OpenAsync()
    {
        var store = await SqliteRunStore.OpenAsync(Database, CancellationToken.None);
        _open.Add(store);
        return store;
    }

    [Fact]
    public async Task Open_Again_FindsWhatWasCommitted()
    {
        await (await OpenAsync()).CommitAsync([RowChange.Add(Rows.Run("kept"))], CancellationToken.None);
        await _open[0].DisposeAsync();

        Assert.Equal("kept", Assert.Single(await (await OpenAsync()).RunsAsync(CancellationToken.None)).Id);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.before-*"));
    }

    [Fact]
    public async Task Open_Again_GoesOnCountingEvents()
    {
        await (await OpenAsync()).CommitAsync([RowChange.Add(Rows.Event("a", "one"))], CancellationToken.None);
        await _open[0].DisposeAsync();
        var store = await OpenAsync();
        await store.CommitAsync([RowChange.Add(Rows.Event("a", "two"))], CancellationToken.None);

        Assert.Equal([1, 2], (await store.EventsAsync(0, 10, null, CancellationToken.None)).Select(e => e.Sequence));
    }

    [Fact]
    public async Task Writer_IsDurable_AndLogsAhead()
    {
        await OpenAsync();
        using var connection = new SqliteConnection($"Data Source={Database}");
        connection.Open();
        Assert.Equal("wal", Scalar(connection, "PRAGMA journal_mode"));
        SqliteOptions.MakeDurable(connection);
        Assert.Equal(2L, Scalar(connection, "PRAGMA synchronous"));
    }

    [Fact]
    public async Task Migrated_Schema_EqualsTheModel()
    {
        await OpenAsync();
        using var connection = new SqliteConnection($"Data Source={Database}");
        connection.Open();
        using var context = new FederatedDbContext(SqliteOptions.On(connection));

        var model = context.Model.GetEntityTypes().SelectMany(t => t.GetProperties().Select(p => Describe(t, p))).Order();

        Assert.Equal(model, Columns(connection).Order());
    }

    [Fact]
    public async Task Open_DatabaseOfANewerProgram_RefusesAndChangesNothing()
    {
        await OpenAsync();
        await _open[0].DisposeAsync();
        Execute("INSERT INTO __EFMigrationsHistory VALUES ('9999_Future', '10')");
        SqliteConnection.ClearAllPools();
        var before = File.ReadAllBytes(Database);

        var refusal = await Assert.ThrowsAsync<FaultException>(() => SqliteRunStore.OpenAsync(Database, CancellationToken.None));

        Assert.Equal(Fault.DatabaseTooNew, refusal.Refusal.Fault);
        Assert.Contains("9999_Future", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Database));
    }

    [Fact]
    public async Task Open_AfterAMigrationWasKilled_IgnoresItsStaleLock()
    {
        Execute("CREATE TABLE __EFMigrationsLock (Id INTEGER PRIMARY KEY, Timestamp TEXT NOT NULL); INSERT INTO __EFMigrationsLock VALUES (1, '2020-01-01')");

        await (await OpenAsync().DefaultTimeout()).CommitAsync([RowChange.Add(Rows.Run("works"))], CancellationToken.None);
    }

    [Fact]
    public async Task Open_FileThatIsNoDatabase_IsNamed()
    {
        File.WriteAllText(Database, "this is no database, whatever its name says, and it stays as it is");

        var refusal = await Assert.ThrowsAsync<FaultException>(() => SqliteRunStore.OpenAsync(Database, CancellationToken.None));

        Assert.Equal(Fault.DatabaseCorrupt, refusal.Refusal.Fault);
        Assert.Contains(Database, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commit_WhileAnotherProgramHoldsTheLock_IsRefusedAndWorksLater()
    {
        await using var store = await SqliteRunStore.OpenAsync(Database, CancellationToken.None, busySeconds: 1);
        using (var other = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            other.Open();
            Run(other, "BEGIN IMMEDIATE");
            var refusal = await Assert.ThrowsAsync<FaultException>(() => store.CommitAsync([RowChange.Add(Rows.Run("late"))], CancellationToken.None));
            Assert.Equal(Fault.DatabaseLocked, refusal.Refusal.Fault);
        }

        await store.CommitAsync([RowChange.Add(Rows.Run("late"))], CancellationToken.None);

        Assert.Equal("late", Assert.Single(await store.RunsAsync(CancellationToken.None)).Id);
    }

    [Fact]
    public async Task Commit_IntoACorruptFile_IsNamedAndNothingCounts()
    {
        var store = await OpenAsync();
        await store.CommitAsync([RowChange.Add(Rows.Run("before"))], CancellationToken.None);
        await _open[0].DisposeAsync();
        SqliteConnection.ClearAllPools();
        using (var file = File.OpenWrite(Database))
        {
            file.Position = 4096;
            file.Write(new byte[file.Length - 4096].Select(_ => (byte)0xA5).ToArray());
        }

        var refusal = await Assert.ThrowsAsync<FaultException>(() => SqliteRunStore.OpenAsync(Database, CancellationToken.None));

        Assert.Equal(Fault.DatabaseCorrupt, refusal.Refusal.Fault);
    }

    [Fact]
    public async Task Commit_ReadOnlyFile_IsNamed()
    {
        await using var store = await SqliteRunStore.OpenAsync(Database, CancellationToken.None);
        using var query = new SqliteConnection($"Data Source={Database};Mode=ReadOnly;Pooling=False");
        query.Open();

        var error = Assert.Throws<SqliteException>(() => Run(query, "DELETE FROM runs"));

        Assert.Equal(Fault.DataFolderReadOnly, SqliteErrors.Of(error).Fault);
    }

    static string Describe(IReadOnlyEntityType type, IReadOnlyProperty property)
    {
        var key = type.FindPrimaryKey()!.Properties.Select(p => p.Name).ToList().IndexOf(property.Name) + 1;
        return $"{type.GetTableName()}.{property.GetColumnName()} {property.GetColumnType()} {(property.IsNullable ? "null" : "not null")} key {key}";
    }

    static IEnumerable<string> Columns(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT m.name, c.name, c.type, c."notnull", c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE '\_\_%' ESCAPE '\' AND m.name NOT LIKE 'sqlite%'
            """;
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return $"{reader.GetString(0)}.{reader.GetString(1)} {reader.GetString(2)} {(reader.GetInt64(3) == 0 ? "null" : "not null")} key {reader.GetInt64(4)}";
    }

    void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 1;
        command.ExecuteNonQuery();
    }

    static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _open)
            await store.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
