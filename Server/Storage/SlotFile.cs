using System.Text;
using Federated.Formats.Digests;
using Microsoft.Win32.SafeHandles;

namespace Federated.Server.Storage;

/// <summary>
/// A file of equal slots that are written over in place: what is small becomes durable by one write and one flush. To make a file for it, to name that durably and
/// to remove it takes many disks longer than to fill it. A slot begins with an index of what it holds, which has a digest, as has each of its entries: what a power
/// cut leaves between an old content and a new one is neither.
/// </summary>
sealed class SlotFile(string path, int most, IDisk disk) : IDisposable
{
    /// <summary>Of a slot, index included.</summary>
    public const int SlotBytes = 1 << 20;

    /// <summary>What the entries of one slot may have together, so that there is room for an index of a thousand of them.</summary>
    public const int ContentBytes = SlotBytes - (128 << 10);

    const int MostIndexBytes = SlotBytes - ContentBytes - 2 * Digests.ByteLength;

    readonly Lock _gate = new();
    readonly PriorityQueue<int, int> _free = new();
    SafeFileHandle? _file;
    bool _isNamed;
    int _slots;

    /// <summary>A slot to write to, to be released; null while all are taken.</summary>
    public int? TryTake()
    {
        lock (_gate)
        {
            if (_free.TryDequeue(out var slot, out _))
                return slot;
            return _slots < most ? _slots++ : null;
        }
    }

    /// <summary>The entries are durable when it returns.</summary>
    /// <exception cref="IOException">The disk refuses; the slot holds nothing.</exception>
    public void Write(int slot, IReadOnlyList<SlotEntry> entries)
    {
        var (file, at) = (Open(), Offset(slot));
        var index = Index(entries);
        disk.Write(file, index, at);
        at += index.Length;
        foreach (var entry in entries)
        {
            disk.Write(file, entry.Bytes.Span, at);
            at += entry.Bytes.Length;
        }
        disk.Flush(file);
        NameDurably();
    }

    /// <summary>Nobody needs what the slot holds. As little flushed as the deletion of a file: what a power cut brings back is no news to whoever finds it.</summary>
    public void Release(int slot)
    {
        lock (_gate)
        {
            Clear(slot);
            _free.Enqueue(slot, slot);
        }
    }

    void Clear(int slot)
    {
        try
        {
            if (_file is { IsClosed: false } file)
                disk.Write(file, stackalloc byte[sizeof(int)], Offset(slot));
        }
        catch (IOException)
        {
            // What stays there is what a power cut would have brought back.
        }
    }

    /// <summary>Gives the disk its room back if no slot is taken.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            if (_free.Count < _slots || _file is null)
                return;
            disk.SetLength(_file, 0);
            _free.Clear();
            _slots = 0;
        }
    }

    /// <summary>What an earlier process left, at the beginning and once: each slot that holds something is taken.</summary>
    public IEnumerable<(int Slot, IReadOnlyList<SlotEntry> Entries)> Recover()
    {
        if (!File.Exists(path))
            yield break;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _slots = (int)Math.Min(most, (RandomAccess.GetLength(file) + SlotBytes - 1) / SlotBytes);
        for (var slot = 0; slot < _slots; slot++)
        {
            if (Read(file, Offset(slot)) is { } entries)
                yield return (slot, entries);
            else
                _free.Enqueue(slot, slot);
        }
    }

    public void Dispose() => _file?.Dispose();

    static long Offset(int slot) => (long)slot * SlotBytes;

    SafeFileHandle Open()
    {
        lock (_gate)
            return _file ??= disk.Open(path, FileMode.OpenOrCreate);
    }

    void NameDurably()
    {
        lock (_gate)
        {
            if (!_isNamed)
                disk.FlushFolder(Path.GetDirectoryName(path)!);
            _isNamed = true;
        }
    }

    static byte[] Index(IReadOnlyList<SlotEntry> entries)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(0);
        writer.Write(entries.Count);
        foreach (var entry in entries)
        {
            writer.Write(entry.Name);
            writer.Write(entry.Digest);
            writer.Write(entry.Bytes.Length);
        }
        writer.Seek(0, SeekOrigin.Begin);
        writer.Write((int)bytes.Length);
        var index = bytes.ToArray();
        return index.Length <= MostIndexBytes ? [.. index, .. Convert.FromHexString(TreeDigest.Of(index))]
            : throw new IOException($"An index of {index.Length} bytes does not fit into a slot.");
    }

    static List<SlotEntry>? Read(SafeFileHandle file, long at)
    {
        var indexBytes = BitConverter.ToInt32(Exactly(file, at, sizeof(int)));
        if (indexBytes is < 1 or > MostIndexBytes)
            return null;
        var (index, digest) = (Exactly(file, at, indexBytes), Exactly(file, at + indexBytes, Digests.ByteLength));
        return TreeDigest.Of(index) == Convert.ToHexStringLower(digest) ? Entries(file, index, at + indexBytes + digest.Length) : null;
    }

    static List<SlotEntry> Entries(SafeFileHandle file, byte[] index, long at)
    {
        using var reader = new BinaryReader(new MemoryStream(index), Encoding.UTF8);
        reader.ReadInt32();
        var entries = new List<SlotEntry>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var (name, digest, length) = (reader.ReadString(), reader.ReadString(), reader.ReadInt32());
            entries.Add(new SlotEntry(name, digest, Exactly(file, at, length)));
            at += length;
        }
        return entries;
    }

    // Shorter where the file ends; then it has not the digest.
    static byte[] Exactly(SafeFileHandle file, long at, int length)
    {
        var (bytes, read) = (new byte[length], 0);
        for (int count; read < length && (count = RandomAccess.Read(file, bytes.AsSpan(read), at + read)) > 0;)
            read += count;
        return bytes;
    }
}

/// <summary>Something small.</summary>
/// <param name="Name">Says what it is.</param>
/// <param name="Digest">The tree digest that its bytes should have.</param>
/// <param name="Bytes">Its content.</param>
sealed record SlotEntry(string Name, string Digest, ReadOnlyMemory<byte> Bytes)
{
    public bool IsSound => TreeDigest.Of(Bytes.Span) == Digest;
}
