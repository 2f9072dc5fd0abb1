using System.Formats.Tar;
using Federated.Formats.Digests;
using Federated.Server.Faults;
using Federated.Server.Storage;
using Microsoft.Data.Sqlite;

namespace Federated.Server.Operator.Backups;

/// <summary>
/// A backup that is ready to be sent: a checked copy of the database and the list of the checked blobs. The copy is the moment that the backup
/// shows; blobs never change, so those that are listed after it include all that it names. Secrets of runs, updates of sites, the first key and
/// published folders (which blobs can be turned into again) are in no backup.
/// </summary>
sealed class Backup : IDisposable
{
    const string CopyPrefix = "backup-";

    readonly DataFolder _folder;
    readonly string _copy;
    readonly BackupManifest _manifest;

    Backup(DataFolder folder, string copy, BackupManifest manifest) => (_folder, _copy, _manifest) = (folder, copy, manifest);

    /// <summary>Copies the database while the server goes on, and looks at all that the backup will hold.</summary>
    /// <exception cref="FaultException">The disk is full, or what is stored is damaged.</exception>
    public static async Task<Backup> PrepareAsync(DataFolder folder, IBlobStore store, DateTimeOffset now, CancellationToken stopping)
    {
        DeleteLeftovers(folder);
        var copy = Path.Combine(folder.Path, $"{CopyPrefix}{Guid.NewGuid():N}.db");
        try
        {
            Copy(folder.Database, copy);
            await store.SettleAsync(stopping);
            var blobs = Directory.EnumerateFiles(folder.Blobs).Select(Path.GetFileName).Where(Digests.IsDigest).Select(n => n!).Order(StringComparer.Ordinal).ToList();
            foreach (var blob in blobs)
            {
                stopping.ThrowIfCancellationRequested();
                if (DigestOf(Path.Combine(folder.Blobs, blob)) != blob)
                    throw new FaultException(Fault.BlobCorrupt, $"The blob {blob} no longer has its digest.");
            }
            var audit = await DatabaseCheck.RunAsync(copy, blobs.ToHashSet(StringComparer.Ordinal).Contains, stopping);
            return new Backup(folder, copy, new BackupManifest(now.ToUnixTimeMilliseconds(), DigestOf(copy), blobs, audit.Entries, audit.Head));
        }
        catch
        {
            Delete(copy);
            throw;
        }
    }

    /// <summary>A tar archive: database, blobs, manifest.</summary>
    public async Task WriteAsync(Stream output, CancellationToken stopping)
    {
        await using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        await AddAsync(tar, BackupManifest.DatabaseEntry, File.OpenRead(_copy), stopping);
        foreach (var blob in _manifest.Blobs)
            await AddAsync(tar, BackupManifest.BlobFolder + blob, File.OpenRead(Path.Combine(_folder.Blobs, blob)), stopping);
        await AddAsync(tar, BackupManifest.Entry, new MemoryStream(_manifest.ToJson()), stopping);
    }

    public void Dispose() => Delete(_copy);

    async Task AddAsync(TarWriter tar, string name, Stream content, CancellationToken stopping)
    {
        await using (content)
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = content, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite, ModificationTime = DateTimeOffset.FromUnixTimeMilliseconds(_manifest.CreatedMs),
            }, stopping);
        }
    }

    // A file copy would lose the write-ahead log; the backup interface reads through it and stops nobody who writes.
    static void Copy(string database, string copy)
    {
        try
        {
            using var source = new SqliteConnection(SqliteOptions.ConnectionString(database, SqliteOpenMode.ReadWrite));
            using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = copy, Pooling = false }.ToString());
            source.Open();
            target.Open();
            source.BackupDatabase(target);
        }
        catch (SqliteException e)
        {
            throw new FaultException(SqliteErrors.Of(e), e);
        }
    }

    static string DigestOf(string path)
    {
        using var file = File.OpenRead(path);
        return TreeDigest.Of(file);
    }

    static void DeleteLeftovers(DataFolder folder)
    {
        foreach (var leftover in Directory.EnumerateFiles(folder.Path, CopyPrefix + "*"))
            File.Delete(leftover);
    }

    static void Delete(string copy)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm", "-journal"])
            File.Delete(copy + suffix);
    }
}
