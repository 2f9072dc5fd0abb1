using System.Buffers;
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
    readonly ConcurrentDictionary<SpoolKey, Update> _verified = new();
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
    public ISpool? TryOpen(SpoolKey key, long size, Flushes flushes)
    {
        if (_verified.TryGetValue(key, out var there) && there.IsDurable)
            return new CompletedSpool(size);
        return size <= MostBytes && _slots.TryTake() is { } slot ? new Spool(this, key, new Update(this, slot, (int)size), flushes) : null;
    }

    /// <summary>Null where it is not here.</summary>
    /// <exception cref="FaultException">What an earlier process received is damaged; it can be sent again.</exception>
    public IStoredBytes? Find(SpoolKey key)
    {
        if (_verified.TryGetValue(key, out var update) && update.TryUse())
            return update;
        return _damaged.TryRemove(key, out _) ? throw new FaultException(Fault.SpoolCorrupt, $"The update {key.Digest} on disk no longer has its digest.") : null;
    }

    /// <summary>Of all that are here, complete or not.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public void DeleteThrough(string run, int round)
    {
        foreach (var key in _verified.Keys.Where(k => k.Run == run && k.Round <= round))
        {
            if (_verified.TryRemove(key, out var update))
                update.Dispose();
        }
    }

    /// <summary>Gives the disk its room back if there are none.</summary>
    public void Trim() => _slots.Trim();

    public void Dispose() => _slots.Dispose();

    // One that was not complete when the power went has no receipt either, and nobody will ask for it.
    void Recover(int slot, IReadOnlyList<SlotEntry> entries)
    {
        var (entry, key, update) = (entries[0], KeyOf(entries[0]), new Update(this, slot, entries[0].Bytes.Length));
        entry.Bytes.Span.CopyTo(update.Room);
        if (!entry.IsSound)
            _damaged[key] = 0;
        update.IsDurable = true;
        if (entry.IsSound)
            Show(key, update);
        update.Dispose();
    }

    void Write(SpoolKey key, Update update)
    {
        _slots.Write(update.Slot, [new SlotEntry($"{key.Round}/{key.Run}", key.Digest, update.Content)]);
        update.IsDurable = true;
        Show(key, update);
    }

    // Of two with the same bytes the durable one stays.
    void Show(SpoolKey key, Update update)
    {
        update.TryUse();
        while (!_verified.TryAdd(key, update))
        {
            if (!_verified.TryGetValue(key, out var there))
                continue;
            var surplus = there.IsDurable || !update.IsDurable ? update : there;
            if (surplus != update && !_verified.TryUpdate(key, update, there))
                continue;
            surplus.Dispose();
            return;
        }
    }

    void Hide(SpoolKey key, Update update)
    {
        if (_verified.TryRemove(KeyValuePair.Create(key, update)))
            update.Dispose();
    }

    static SpoolKey KeyOf(SlotEntry entry)
    {
        var cut = entry.Name.IndexOf('/', StringComparison.Ordinal);
        return new SpoolKey(entry.Name[(cut + 1)..], int.Parse(entry.Name[..cut], System.Globalization.CultureInfo.InvariantCulture), entry.Digest);
    }

    sealed class Spool(SmallSpools spools, SpoolKey key, Update update, Flushes flushes) : ISpool
    {
        TreeDigest _hasher = new();

        public long Offset => _hasher.Length;

        public bool IsComplete => false;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(update.Room[(int)Offset..]);
            _hasher.Append(bytes);
        }

        public bool Verify()
        {
            if (_hasher.ToHex() != key.Digest)
            {
                _hasher = new TreeDigest();
                return false;
            }
            spools.Show(key, update);
            return true;
        }

        public Task FlushAsync(CancellationToken stopping) => flushes.RunAsync(() => spools.Write(key, update), stopping);

        public void Dispose()
        {
            if (!update.IsDurable)
                spools.Hide(key, update);
            update.Dispose();
        }
    }

    /// <summary>One update's slot and bytes; both are somebody else's once it was deleted and whoever writes or reads it is done.</summary>
    sealed class Update : IStoredBytes
    {
        readonly SmallSpools _spools;
        readonly byte[] _bytes;
        readonly int _length;
        int _users = 1;

        public Update(SmallSpools spools, int slot, int length)
        {
            (_spools, Slot, _length, _bytes) = (spools, slot, length, ArrayPool<byte>.Shared.Rent(length));
            Interlocked.Add(ref spools._bytes, length);
        }

        public int Slot { get; }

        /// <summary>Whether its slot holds it.</summary>
        public bool IsDurable { get; set; }

        public Span<byte> Room => _bytes.AsSpan(0, _length);

        public ReadOnlyMemory<byte> Content => _bytes.AsMemory(0, _length);

        public long Length => _length;

        public ReadOnlySpan<byte> Span(long offset, int length) => Room.Slice((int)offset, length);

        /// <summary>False where it is gone.</summary>
        public bool TryUse()
        {
            for (var users = Volatile.Read(ref _users); users > 0; users = Volatile.Read(ref _users))
            {
                if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
                    return true;
            }
            return false;
        }

        /// <summary>To be called once by whoever made it or took it into use.</summary>
        public void Dispose()
        {
            if (Interlocked.Decrement(ref _users) != 0)
                return;
            Interlocked.Add(ref _spools._bytes, -_length);
            _spools._slots.Release(Slot);
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
