using Federated.Formats.Files;
using Federated.Server.Faults;

namespace Federated.Server.Storage;

/// <summary>
/// Spools as files: ROUND/DIGEST.part while bytes arrive, ROUND/DIGEST.update once complete, verified and flushed.
/// Nothing else is stored about them, so a restart has nothing to reconcile.
/// </summary>
sealed class SpoolStore(string folder) : IUpdateSpools
{
    const int MaxParallelFlushes = 8;

    readonly string _folder = Directory.CreateDirectory(folder).FullName;
    readonly SemaphoreSlim _flushes = new(MaxParallelFlushes, MaxParallelFlushes);

    public async Task<ISpool> OpenAsync(SpoolKey key, long size, CancellationToken stopping)
    {
        var complete = CompletePath(key);
        if (File.Exists(complete))
            return new CompletedSpool(size);
        var part = Path.ChangeExtension(complete, ".part");
        if (!Directory.Exists(Path.GetDirectoryName(part)))
            CreateDurably(Path.GetDirectoryName(part)!);
        return await FileSpool.OpenAsync(part, complete, key.Digest, size, _flushes, stopping);
    }

    public IUpdateBytes Read(SpoolKey key)
    {
        try
        {
            return new MappedUpdate(new MappedFile(CompletePath(key)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FaultException(Fault.BlobNotFound, $"The update {key.Digest} is no longer spooled.", e);
        }
    }

    public void DeleteThrough(string run, int round)
    {
        var runFolder = Path.Combine(_folder, run);
        if (!Directory.Exists(runFolder))
            return;
        foreach (var roundFolder in Directory.EnumerateDirectories(runFolder))
        {
            if (int.TryParse(Path.GetFileName(roundFolder), out var found) && found <= round)
                Directory.Delete(roundFolder, recursive: true);
        }
    }

    // A new folder is durable only when its parent is flushed too.
    void CreateDurably(string roundFolder)
    {
        var runFolder = Path.GetDirectoryName(roundFolder)!;
        Directory.CreateDirectory(roundFolder);
        Posix.FlushFolder(runFolder);
        Posix.FlushFolder(_folder);
    }

    string CompletePath(SpoolKey key) => Path.Combine(_folder, key.Run, key.Round.ToString(), Digests.Checked(key.Digest) + ".update");
}
