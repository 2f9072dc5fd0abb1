using System.Collections.Concurrent;
using Federated.Formats.Digests;
using Federated.Server.Faults;

namespace Federated.Server.Storage;

/// <summary>
/// Small updates: gathered in memory, made durable in a slot, and read from memory until no round needs them. What breaks off before it is complete is sent again from the
/// beginning, as it would be from a file: only whole leaves of the digest count there.
/// </summary>
sealed class SmallSpools : IDisposable
{
    /// <summary>A larger update has a file of its own.</summary>
    public const int MostBytes = 512 << 10;

    // With as much memory as they have bytes; whoever finds none free has a file of its own.
    const int MostSlots = 32;

    readonly SlotFile _slots;
    readonly ConcurrentDictionary<SpoolKey, (int Slot, byte[] Bytes)> _complete = new();
    readonly ConcurrentDictionary<SpoolKey, byte> _damaged = new();
    long _bytes;

    public SmallSpools(string folder, IDisk disk)
    {
        // No run has such a name.
        _slots = new SlotFile(Path.Combine(folder, ".slots"), MostSlots, disk);
        foreach (var (slot, entries) in _slots.Recover())
            Recover(slot, entries);
    }

    /// <summary>Null where it is to have a file.</summary>
    public ISpool? TryOpen(SpoolKey key, long size, SemaphoreSlim flushes)
    {
        if (_complete.ContainsKey(key))
            return new CompletedSpool(size);
        return size <= MostBytes && _slots.TryTake() is { } slot ? new Spool(this, key, (slot, Room(size)), flushes) : null;
    }

    /// <summary>Null where it is not here.</summary>
    /// <exception cref="FaultException">What an earlier process received is damaged; it can be sent again.</exception>
    public IStoredBytes? Find(SpoolKey key)
    {
        if (_complete.TryGetValue(key, out var update))
            return new MemoryBytes(update.Bytes);
        return _damaged.TryRemove(key, out _) ? throw new FaultException(Fault.SpoolCorrupt, $"The update {key.Digest} on disk no longer has its digest.") : null;
    }

    /// <summary>Of all that are here, complete or not.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public void DeleteThrough(string run, int round)
    {
        foreach (var key in _complete.Keys.Where(k => k.Run == run && k.Round <= round))
        {
            if (_complete.TryRemove(key, out var update))
                Release(update);
        }
    }

    /// <summary>Gives the disk its room back if there are none.</summary>
    public void Trim() => _slots.Trim();

    public void Dispose() => _slots.Dispose();

    // One that was not complete when the power went has no receipt either, and nobody will ask for it.
    void Recover(int slot, IReadOnlyList<SlotEntry> entries)
    {
        var (entry, key) = (entries[0], KeyOf(entries[0]));
        var bytes = Room(entry.Bytes.Length);
        entry.Bytes.CopyTo(bytes);
        if (!entry.IsSound)
            _damaged[key] = 0;
        if (!entry.IsSound || !_complete.TryAdd(key, (slot, bytes)))
            Release((slot, bytes));
    }

    byte[] Room(long size)
    {
        Interlocked.Add(ref _bytes, size);
        return new byte[size];
    }

    void Release((int Slot, byte[] Bytes) update)
    {
        Interlocked.Add(ref _bytes, -update.Bytes.Length);
        _slots.Release(update.Slot);
    }

    void Complete(SpoolKey key, (int Slot, byte[] Bytes) update)
    {
        _slots.Write(update.Slot, [new SlotEntry($"{key.Round}/{key.Run}", key.Digest, update.Bytes)]);
        if (!_complete.TryAdd(key, update))
            Release(update);
    }

    static SpoolKey KeyOf(SlotEntry entry)
    {
        var cut = entry.Name.IndexOf('/', StringComparison.Ordinal);
        return new SpoolKey(entry.Name[(cut + 1)..], int.Parse(entry.Name[..cut], System.Globalization.CultureInfo.InvariantCulture), entry.Digest);
    }

    sealed class Spool(SmallSpools spools, SpoolKey key, (int Slot, byte[] Bytes) room, SemaphoreSlim flushes) : ISpool
    {
        TreeDigest _hasher = new();
        bool _isComplete;

        public long Offset => _hasher.Length;

        public bool IsComplete => false;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(room.Bytes.AsSpan((int)Offset));
            _hasher.Append(bytes);
        }

        public async Task<bool> CompleteAsync(CancellationToken stopping)
        {
            if (_hasher.ToHex() != key.Digest)
            {
                _hasher = new TreeDigest();
                return false;
            }
            await flushes.WaitAsync(stopping);
            try
            {
                spools.Complete(key, room);
                return _isComplete = true;
            }
            finally
            {
                flushes.Release();
            }
        }

        public void Dispose()
        {
            if (!_isComplete)
                spools.Release(room);
        }
    }
}
