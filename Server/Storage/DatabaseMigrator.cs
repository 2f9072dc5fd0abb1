using Federated.Server.Faults;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Federated.Server.Storage;

/// <summary>Brings a database file up to this program's schema, after a backup; refuses a newer one before any write.</summary>
static class DatabaseMigrator
{
    public static async Task MigrateAsync(string path, CancellationToken stopping)
    {
        var exists = File.Exists(path);
        using var connection = new SqliteConnection(SqliteOptions.ConnectionString(path, SqliteOpenMode.ReadWriteCreate));
        await connection.OpenAsync(stopping);
        using var context = new FederatedDbContext(SqliteOptions.On(connection));
        var applied = (await context.Database.GetAppliedMigrationsAsync(stopping)).ToList();
        var known = context.GetService<IMigrationsAssembly>().Migrations.Keys.Order(StringComparer.Ordinal).ToList();
        if (applied.Except(known).FirstOrDefault() is { } unknown)
            throw new FaultException(Fault.DatabaseTooNew, $"The database has the migration '{unknown}', this program knows up to '{known[^1]}'; nothing was changed.");
        var pending = known.Except(applied).ToList();
        if (pending.Count == 0)
            return;
        if (exists && applied.Count > 0)
            Backup(connection, $"{path}.before-{pending[0][..4]}");
        SqliteOptions.MakeDurable(connection);
        ReleaseStaleLock(connection);
        await context.Database.MigrateAsync(stopping);
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
        using var command = connection.CreateCommand();
        command.CommandText = """SELECT count(*) FROM sqlite_master WHERE name = '__EFMigrationsLock'""";
        if ((long)command.ExecuteScalar()! == 0)
            return;
        command.CommandText = """DELETE FROM "__EFMigrationsLock" """;
        command.ExecuteNonQuery();
    }
}
