using System.Collections.Concurrent;

namespace Federated.Server.Storage;

/// <summary>
/// Small blobs that are durable in a slot together and get their files a little later: until then they are read from memory. A version of a small adapter costs its
/// round one flush, not one for each of its groups. What a kill leaves in slots becomes files at the next start.
/// </summary>
sealed class RecentBlobs : IDisposable
{
    /// <summary>A larger blob is a file at once.</summary>
    public const int MostBytes = 256 << 10;

    // Each with as much memory as it has bytes.
    const int MostSlots = 32;

    static readonly TimeSpan BackOff = TimeSpan.FromSeconds(1);

    readonly SlotFile _slots;
    readonly Action<IEnumerable<SlotEntry>> _write;
    readonly ConcurrentDictionary<string, ReadOnlyMemory<byte>> _bytes = new(StringComparer.Ordinal);
    readonly Queue<(int Slot, IReadOnlyList<SlotEntry> Entries)> _waiting = new();
    readonly CancellationTokenSource _stopping = new();
    readonly SemaphoreSlim _turn = new(1, 1);
    Task _writing = Task.CompletedTask;
    bool _isWriting;

    /// <param name="folder">Where the file of the slots is.</param>
    /// <param name="disk">Its disk.</param>
    /// <param name="write">Makes files of blobs, durably.</param>
    public RecentBlobs(string folder, IDisk disk, Action<IEnumerable<SlotEntry>> write)
    {
        _write = write;
        _slots = new SlotFile(Path.Combine(folder, ".slots"), MostSlots, disk);
        List<(int Slot, IReadOnlyList<SlotEntry> Entries)> left = [.. _slots.Recover()];
        // What is damaged was not durable yet, or nobody can mend it.
        write(left.SelectMany(l => l.Entries).Where(e => e.IsSound));
        left.ForEach(l => _slots.Release(l.Slot));
    }

    /// <summary>False where there is a file of it, or nothing.</summary>
    public bool TryFind(string digest, out ReadOnlyMemory<byte> bytes) => _bytes.TryGetValue(digest, out bytes);

    /// <summary>The blobs are durable when it returns true; false where there is no slot, or they fit into none.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public bool TryKeep(IReadOnlyList<SlotEntry> blobs)
    {
        if (blobs.Sum(b => (long)b.Bytes.Length) > SlotFile.ContentBytes || _slots.TryTake() is not { } slot)
            return false;
        try
        {
            _slots.Write(slot, blobs);
        }
        catch
        {
            _slots.Release(slot);
            throw;
        }
        foreach (var blob in blobs)
            _bytes[blob.Digest] = blob.Bytes;
        lock (_waiting)
        {
            _waiting.Enqueue((slot, blobs));
            if (_isWriting)
                return true;
            _isWriting = true;
        }
        _writing = Task.Run(WriteAsync);
        return true;
    }

    /// <summary>Every blob that was there when it was called has its file when it returns.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public async Task SettleAsync(CancellationToken stopping)
    {
        await _turn.WaitAsync(stopping);
        try
        {
            WriteWaiting();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _writing.GetAwaiter().GetResult();
        _slots.Dispose();
        _turn.Dispose();
        _stopping.Dispose();
    }

    async Task WriteAsync()
    {
        try
        {
            do
            {
                if (!await TrySettleAsync())
                    await Task.Delay(BackOff, _stopping.Token);
            }
            while (GoesOn());
        }
        catch (OperationCanceledException)
        {
            // They are in their slots.
        }
    }

    // Until it succeeds the slots stay taken, and whoever finds none writes its files at once and hears what the disk says.
    async Task<bool> TrySettleAsync()
    {
        try
        {
            await SettleAsync(_stopping.Token);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    bool GoesOn()
    {
        lock (_waiting)
            return _isWriting = _waiting.Count > 0;
    }

    void WriteWaiting()
    {
        List<(int Slot, IReadOnlyList<SlotEntry> Entries)> together;
        lock (_waiting)
            together = [.. _waiting];
        _write(together.SelectMany(t => t.Entries));
        foreach (var (slot, entries) in together)
        {
            foreach (var entry in entries)
                _bytes.TryRemove(entry.Digest, out _);
            _slots.Release(slot);
        }
        lock (_waiting)
        {
            for (var i = 0; i < together.Count; i++)
                _waiting.Dequeue();
        }
    }
}
