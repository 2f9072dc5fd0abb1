using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Federated.Server.Storage;

/// <summary>How every connection to the database is opened.</summary>
static class SqliteOptions
{
    /// <summary>How long a statement waits for another program's lock before it is refused (F413).</summary>
    public const int BusySeconds = 5;

    public static string ConnectionString(string path, SqliteOpenMode mode, int busySeconds = BusySeconds) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, DefaultTimeout = busySeconds }.ToString();

    public static DbContextOptions<FederatedDbContext> At(string path, SqliteOpenMode mode) =>
        Common().UseSqlite(ConnectionString(path, mode)).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options;

    /// <summary>Contexts that read, each used again: making one costs more than a small query.</summary>
    public static PooledDbContextFactory<FederatedDbContext> Pool(string path) => new(At(path, SqliteOpenMode.ReadWrite));

    public static DbContextOptions<FederatedDbContext> On(SqliteConnection connection) => Common().UseSqlite(connection).Options;

    /// <summary>synchronous belongs to a connection, not to the file: whoever writes must ask for it.</summary>
    public static void MakeDurable(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
        command.ExecuteNonQuery();
    }

    // Migrations are written by hand and compared with the model by a test, so there is no snapshot to warn about.
    static DbContextOptionsBuilder<FederatedDbContext> Common() =>
        new DbContextOptionsBuilder<FederatedDbContext>()
            .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
}
