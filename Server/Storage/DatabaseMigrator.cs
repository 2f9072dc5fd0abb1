using System.Reflection;
using Federated.Server.Faults;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Federated.Server.Storage;

/// <summary>Brings a database file up to this program's schema, after a backup; refuses a newer one before any write.</summary>
static class DatabaseMigrator
{
    public static async Task MigrateAsync(string path, CancellationToken stopping)
    {
        var exists = File.Exists(path);
        using var connection = new SqliteConnection(SqliteOptions.ConnectionString(path, SqliteOpenMode.ReadWriteCreate));
        await connection.OpenAsync(stopping);
        var (applied, known) = (Applied(connection), Known());
        if (applied.Except(known).FirstOrDefault() is { } unknown)
            throw new FaultException(Fault.DatabaseTooNew, $"The database has the migration '{unknown}', this program knows up to '{known[^1]}'; nothing was changed.");
        var pending = known.Except(applied).ToList();
        if (pending.Count == 0)
            return;
        if (exists && applied.Count > 0)
            Backup(connection, $"{path}.before-{pending[0][..4]}");
        SqliteOptions.MakeDurable(connection);
        ReleaseStaleLock(connection);
        using var context = new FederatedDbContext(SqliteOptions.On(connection));
        await context.Database.MigrateAsync(stopping);
    }

    // Asked without EF, which takes a good part of a start to say that there is nothing to do.
    static List<string> Applied(SqliteConnection connection)
    {
        var applied = new List<string>();
        if (!Exists(connection, HistoryRepository.DefaultTableName))
            return applied;
        using var command = connection.CreateCommand();
        command.CommandText = $"""SELECT "MigrationId" FROM "{HistoryRepository.DefaultTableName}" """;
        using var rows = command.ExecuteReader();
        while (rows.Read())
            applied.Add(rows.GetString(0));
        return applied;
    }

    static List<string> Known() =>
        [.. typeof(DatabaseMigrator).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Migration))).Select(t => t.GetCustomAttribute<MigrationAttribute>()!.Id).Order(StringComparer.Ordinal)];

    static bool Exists(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE name = $table";
        command.Parameters.AddWithValue("$table", table);
        return (long)command.ExecuteScalar()! > 0;
    }

    // The write-ahead log belongs to the database, so a copy of the file alone would lose the latest commits.
    static void Backup(SqliteConnection source, string path)
    {
        using (var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
        {
            target.Open();
            source.BackupDatabase(target);
        }
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.FlushToDisk(file);
        Posix.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    // EF takes its lock by inserting a row; a killed migration leaves it for ever. The data folder's flock already excludes others.
    static void ReleaseStaleLock(SqliteConnection connection)
    {
        if (!Exists(connection, "__EFMigrationsLock"))
            return;
        using var command = connection.CreateCommand();
        command.CommandText = """DELETE FROM "__EFMigrationsLock" """;
        command.ExecuteNonQuery();
    }
}
