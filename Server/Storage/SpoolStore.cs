using System.Collections.Concurrent;
using Federated.Formats.Digests;
using Federated.Formats.Files;
using Federated.Server.Faults;

namespace Federated.Server.Storage;

/// <summary>
/// Spools as files of a folder for each run: ROUND-DIGEST.part while bytes arrive, ROUND-DIGEST.update once complete, verified and flushed; small ones in slots of
/// one file. Nothing else is stored about them, so a restart has nothing to reconcile.
/// </summary>
sealed class SpoolStore(string folder, long quotaBytes = long.MaxValue, IDisk? disk = null) : IUpdateSpools, IDisposable
{
    readonly string _folder = Directory.CreateDirectory(folder).FullName;
    readonly ConcurrentDictionary<SpoolKey, string> _verified = new();
    readonly IDisk _disk = disk ?? Disk.Real;
    readonly HashSet<string> _durable = new(StringComparer.Ordinal);
    readonly Flushes _flushes = new();
    readonly SmallSpools _small = new(Directory.CreateDirectory(folder).FullName, disk ?? Disk.Real);

    public async Task<ISpool> OpenAsync(SpoolKey key, long size, CancellationToken stopping)
    {
        var complete = CompletePath(key);
        if (File.Exists(complete))
            return new CompletedSpool(size);
        RequireRoom(size);
        if (_small.TryOpen(key, size, _flushes) is { } small)
            return small;
        _disk.CreateFolder(Path.GetDirectoryName(complete)!);
        return await FileSpool.OpenAsync(new SpooledFile(key, complete, _verified, FlushNames, _disk), size, _flushes, _disk, stopping);
    }

    public IStoredBytes Read(SpoolKey key) => _small.Find(key) ?? ReadFile(key);

    MappedBytes ReadFile(SpoolKey key)
    {
        try
        {
            return _verified.TryGetValue(key, out var path) ? new MappedBytes(Map(key, path)) : Check(key, new MappedBytes(new MappedFile(CompletePath(key))));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FaultException(Fault.BlobNotFound, $"The update {key.Digest} is no longer spooled.", e);
        }
    }

    MappedFile Map(SpoolKey key, string path)
    {
        try
        {
            return new MappedFile(path);
        }
        catch (FileNotFoundException)
        {
            // It was named anew in this moment.
            return new MappedFile(CompletePath(key));
        }
    }

    // On another thread: to remove large files takes the disk longer than a small round.
    public Task DeleteThroughAsync(string run, int round)
    {
        foreach (var key in _verified.Keys.Where(k => k.Run == run && k.Round <= round))
            _verified.TryRemove(key, out _);
        _small.DeleteThrough(run, round);
        return Task.Run(() => DeleteFiles(Path.Combine(_folder, run), round));
    }

    public void Trim() => _small.Trim();

    public void Dispose()
    {
        _small.Dispose();
        _flushes.Dispose();
    }

    static void DeleteFiles(string runFolder, int throughRound)
    {
        if (!Directory.Exists(runFolder))
            return;
        foreach (var file in Directory.EnumerateFiles(runFolder))
        {
            if (int.TryParse(Path.GetFileName(file).Split('-')[0], out var round) && round <= throughRound)
                File.Delete(file);
        }
    }

    // What this process received was hashed as it came; what an earlier one left is hashed once before it counts.
    MappedBytes Check(SpoolKey key, MappedBytes update)
    {
        if (TreeDigest.Of(new PassingBytes(update)) == key.Digest)
        {
            _verified[key] = CompletePath(key);
            return update;
        }
        update.Dispose();
        // Out of the way, so that the update can be sent again.
        File.Move(CompletePath(key), Path.ChangeExtension(CompletePath(key), ".corrupt"), overwrite: true);
        throw new FaultException(Fault.SpoolCorrupt, $"The update {key.Digest} on disk no longer has its digest.");
    }

    void RequireRoom(long size)
    {
        if (quotaBytes == long.MaxValue)
            return;
        var used = _small.Bytes + new DirectoryInfo(_folder).EnumerateDirectories().SelectMany(d => d.EnumerateFiles()).Sum(f => f.Length);
        if (used + size > quotaBytes)
            throw new FaultException(Fault.SpoolQuota, $"Updates take {used} bytes and this one {size}; the limit is {quotaBytes}. Send it again later.");
    }

    // A new folder is durable only when its parent is flushed too; whoever comes second must wait for that as well. Only now, behind the update's own flush,
    // because what one flush has brought to the disk costs the next one nothing.
    void FlushNames(string runFolder)
    {
        _disk.FlushFolder(runFolder);
        lock (_durable)
        {
            // That an earlier process has made the folder does not say that it came to flush its parent.
            if (_durable.Contains(runFolder))
                return;
            _disk.FlushFolder(_folder);
            _durable.Add(runFolder);
        }
    }

    string CompletePath(SpoolKey key) => Path.Combine(_folder, key.Run, $"{key.Round}-{Digests.Checked(key.Digest)}.update");
}
