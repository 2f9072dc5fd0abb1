using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Federated.Client.Rounds;
using Federated.Formats.Digests;

namespace Federated.Client.Storage;

/// <summary>
/// An outbox on disk: N.update holds the bytes and behind them an index that says what they are, ASSIGNMENT.left what their encoding left out. An entry is one only if both
/// are there and the bytes have the digest that the index says: the rest is a stray that the next start removes. left/RUN is what the accepted updates of a run have left out.
/// The file of an accepted update loses its index and waits for the next one, which writes over it: to make a file, to name it durably and to remove it takes many disks
/// longer than to fill one.
/// </summary>
public sealed class OutboxFolder(string folder) : IOutboxStore
{
    const string UpdateSuffix = ".update", LeftSuffix = ".left", LeftFolder = "left";
    const int MostIndexBytes = 1 << 20, MostFree = 2;

    // Updates are accepted on another thread than they are written.
    readonly ConcurrentQueue<string> _free = new();
    int _names;

    public IReadOnlyList<OutboxEntry> Load()
    {
        Directory.CreateDirectory(folder);
        var entries = Directory.EnumerateFiles(folder, "*" + UpdateSuffix).Select(ReadEntry).OfType<OutboxEntry>().ToList();
        RemoveStrays(entries);
        return entries;
    }

    public OutboxEntry Write(string assignmentId, string runId, byte[] header, IEnumerable<ReadOnlyMemory<byte>> tensors, byte[]? leftOut)
    {
        var (isNew, left) = (!_free.TryDequeue(out var path), LeftPath(assignmentId));
        path ??= NewPath();
        try
        {
            if (leftOut is not null)
                DurableFiles.Write(left, leftOut);
            var index = WriteBytes(path, new Index(assignmentId, runId, header.Length, 0, "", leftOut is not null), header, tensors);
            if (isNew)
                DurableFiles.FlushFolder(folder);
            return Entry(path, index);
        }
        catch
        {
            File.Delete(path);
            File.Delete(left);
            File.Delete(left + ".tmp");
            throw;
        }
    }

    public Stream Read(OutboxEntry entry) => new FileStream(entry.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);

    public void Delete(OutboxEntry entry)
    {
        // Not flushed: what a power cut brings back is sent again and gets the same answer.
        File.Delete(entry.Path);
        File.Delete(LeftPath(entry.AssignmentId));
    }

    // Moved before the update goes: what a crash leaves in between lacks a part and is a stray, of an update that was accepted.
    public void Accept(OutboxEntry entry)
    {
        if (File.Exists(LeftPath(entry.AssignmentId)))
        {
            Directory.CreateDirectory(Path.Combine(folder, LeftFolder));
            DurableFiles.Publish(LeftPath(entry.AssignmentId), LeftOf(entry.RunId));
        }
        if (_free.Count >= MostFree)
            File.Delete(entry.Path);
        else
            Free(entry.Path);
    }

    // As little flushed as a deletion.
    void Free(string path)
    {
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
            RandomAccess.Write(file, stackalloc byte[sizeof(int)], RandomAccess.GetLength(file) - sizeof(int));
        _free.Enqueue(path);
    }

    public byte[]? LeftOut(string runId) => File.Exists(LeftOf(runId)) ? File.ReadAllBytes(LeftOf(runId)) : null;

    public void Forget(string runId)
    {
        if (File.Exists(LeftOf(runId)))
            File.Delete(LeftOf(runId));
        while (_free.TryDequeue(out var free))
            File.Delete(free);
    }

    // One file and so one flush, before which nothing leaves.
    static Index WriteBytes(string path, Index index, byte[] header, IEnumerable<ReadOnlyMemory<byte>> tensors)
    {
        var digest = new TreeDigest();
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1 << 16);
        foreach (var part in tensors.Prepend(header))
        {
            digest.Append(part.Span);
            file.Write(part.Span);
        }
        index = index with { Size = digest.Length, Digest = digest.ToHex() };
        var json = JsonSerializer.SerializeToUtf8Bytes(index);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, json.Length);
        file.Write(json);
        file.Write(length);
        if (file.Length > file.Position)
            file.SetLength(file.Position);
        file.Flush(flushToDisk: true);
        return index;
    }

    OutboxEntry? ReadEntry(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            return ReadIndex(file) is { } index && index.HeaderLength <= index.Size && (!index.LeftOut || File.Exists(LeftPath(index.AssignmentId))) && DigestOf(file, index.Size) == index.Digest
                ? Entry(path, index) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Null where the file does not end as it says.</summary>
    static Index? ReadIndex(FileStream file)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        if (file.Length < length.Length)
            return null;
        file.Seek(-length.Length, SeekOrigin.End);
        file.ReadExactly(length);
        var (count, end) = (BinaryPrimitives.ReadInt32LittleEndian(length), file.Length - length.Length);
        if (count < 1 || count > Math.Min(MostIndexBytes, end))
            return null;
        var json = new byte[count];
        file.Seek(end - count, SeekOrigin.Begin);
        file.ReadExactly(json);
        return JsonSerializer.Deserialize<Index>(json) is { } index && index.Size == end - count ? index : null;
    }

    // What a power cut leaves of one update and of another one that was to be written over it has the digest of neither.
    static string DigestOf(FileStream file, long size)
    {
        var digest = new TreeDigest();
        var buffer = new byte[1 << 16];
        file.Seek(0, SeekOrigin.Begin);
        for (int read; digest.Length < size && (read = file.Read(buffer, 0, (int)Math.Min(buffer.Length, size - digest.Length))) > 0;)
            digest.Append(buffer.AsSpan(0, read));
        return digest.ToHex();
    }

    static OutboxEntry Entry(string path, Index index) => new(index.AssignmentId, index.RunId, path, index.HeaderLength, index.Size, index.Digest);

    void RemoveStrays(IEnumerable<OutboxEntry> entries)
    {
        var known = entries.SelectMany(e => new[] { e.Path, LeftPath(e.AssignmentId) }).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(folder))
        {
            if (!known.Contains(file))
                File.Delete(file);
        }
    }

    string NewPath()
    {
        string path;
        do
            path = Path.Combine(folder, $"{_names++}{UpdateSuffix}");
        while (File.Exists(path));
        return path;
    }

    string LeftPath(string assignmentId) => Path.Combine(folder, FileName(assignmentId) + LeftSuffix);

    string LeftOf(string runId) => Path.Combine(folder, LeftFolder, FileName(runId));

    /// <summary>An id made of whatever the coordinator likes becomes a file name that cannot leave the folder.</summary>
    static string FileName(string assignmentId)
    {
        var name = new StringBuilder(assignmentId.Length);
        foreach (var b in Encoding.UTF8.GetBytes(assignmentId))
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c == '.' && name.Length > 0))
                name.Append(c);
            else
                name.Append(System.Globalization.CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return name.ToString();
    }

    sealed record Index(string AssignmentId, string RunId, int HeaderLength, long Size, string Digest, bool LeftOut);
}
