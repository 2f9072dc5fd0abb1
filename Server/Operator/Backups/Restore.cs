using Federated.Server.Faults;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Microsoft.Data.Sqlite;

namespace Federated.Server.Operator.Backups;

/// <summary>Makes a data folder from a backup: all of it is verified in a folder of its own before the first file gets its name.</summary>
static class Restore
{
    const string Staging = "restoring";
    const string Lock = "lock";

    /// <param name="archive">The backup's file.</param>
    /// <param name="data">A folder that is empty or does not exist.</param>
    /// <param name="stopping">Ends it; the folder stays without a database.</param>
    /// <exception cref="FaultException">The folder is in use or not empty, or the backup is damaged or of a newer program; nothing was restored.</exception>
    public static async Task<RestoredBackup> RunAsync(string archive, string data, CancellationToken stopping)
    {
        using var file = new FileStream(archive, FileMode.Open, FileAccess.Read);
        RequireEmpty(data);
        using var folder = DataFolder.Open(data);
        var staging = Path.Combine(folder.Path, Staging);
        try
        {
            Directory.CreateDirectory(Path.Combine(staging, BackupManifest.BlobFolder));
            var manifest = BackupArchive.Read(file, name => new FileStream(Path.Combine(staging, name), FileMode.CreateNew, FileAccess.Write));
            var runs = await CheckAsync(staging, manifest, stopping);
            Publish(staging, folder);
            return new RestoredBackup(manifest, runs.Count, [.. runs.Where(r => r.Privacy is { IsCentral: true }).Select(r => r.Name)]);
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
    }

    // What an earlier restore that was killed left behind is nobody's data.
    static void RequireEmpty(string data)
    {
        if (Directory.Exists(data) && Directory.EnumerateFileSystemEntries(data).Select(Path.GetFileName).Where(n => n is not (Lock or Staging)).ToList() is { Count: > 0 } found)
            throw new FaultException(Fault.RestoreTargetTaken, $"The folder '{data}' is not empty ({found.Count} entries, '{found[0]}' among them); a backup is restored into an empty one.");
        if (Directory.Exists(Path.Combine(data, Staging)))
            Directory.Delete(Path.Combine(data, Staging), recursive: true);
    }

    static async Task<IReadOnlyList<RunSpec>> CheckAsync(string staging, BackupManifest manifest, CancellationToken stopping)
    {
        var database = Path.Combine(staging, BackupManifest.DatabaseEntry);
        try
        {
            await DatabaseMigrator.MigrateAsync(database, stopping);
            await DatabaseCheck.RunAsync(database, manifest.Blobs.ToHashSet(StringComparer.Ordinal).Contains, stopping);
            using var context = new FederatedDbContext(SqliteOptions.At(database, SqliteOpenMode.ReadWrite));
            return [.. context.Runs.ToList().Select(r => RunSpecJson.Read(System.Text.Encoding.UTF8.GetBytes(r.SpecJson)))];
        }
        catch (SqliteException e)
        {
            throw new FaultException(SqliteErrors.Of(e, "The backup's database"), e);
        }
        finally
        {
            DatabaseCheck.Release(database);
            DatabaseCheck.Release(database, SqliteOpenMode.ReadWriteCreate);
        }
    }

    // The database last: a folder that has one has all that it names.
    static void Publish(string staging, DataFolder folder)
    {
        var database = Path.Combine(staging, BackupManifest.DatabaseEntry);
        foreach (var path in Directory.EnumerateFiles(Path.Combine(staging, BackupManifest.BlobFolder)).Append(database))
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(file);
        }
        Posix.FlushFolder(Path.Combine(staging, BackupManifest.BlobFolder));
        Directory.Move(Path.Combine(staging, BackupManifest.BlobFolder), folder.Blobs);
        Posix.FlushFolder(folder.Path);
        File.Move(database, folder.Database);
        Posix.FlushFolder(folder.Path);
    }
}

/// <param name="Manifest">What was in the backup.</param>
/// <param name="Runs">How many runs it has.</param>
/// <param name="Secret">Runs whose server adds noise: their secrets are in no backup.</param>
sealed record RestoredBackup(BackupManifest Manifest, int Runs, IReadOnlyList<string> Secret);
