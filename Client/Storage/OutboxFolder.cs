using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Federated.Client.Rounds;
using Federated.Formats.Digests;

namespace Federated.Client.Storage;

/// <summary>
/// An outbox on disk: NAME.update holds the bytes and behind them an index that says what they are, NAME.left what their encoding left out. All are flushed before they
/// get their names, and an entry is one only if all are there: the rest is a stray that the next start removes. left/RUN is what the accepted updates of a run have left out;
/// spare is the emptied file of the last accepted one.
/// </summary>
public sealed class OutboxFolder(string folder) : IOutboxStore
{
    const string UpdateSuffix = ".update", LeftSuffix = ".left", LeftFolder = "left", SpareName = "spare";
    const int MostIndexBytes = 1 << 20;

    public IReadOnlyList<OutboxEntry> Load()
    {
        Directory.CreateDirectory(folder);
        var entries = Directory.EnumerateFiles(folder, "*" + UpdateSuffix).Select(ReadEntry).OfType<OutboxEntry>().ToList();
        RemoveStrays(entries);
        return entries;
    }

    public OutboxEntry Write(string assignmentId, string runId, byte[] header, IEnumerable<ReadOnlyMemory<byte>> tensors, byte[]? leftOut)
    {
        var path = Path.Combine(folder, FileName(assignmentId) + UpdateSuffix);
        var temporary = path + ".tmp";
        try
        {
            if (File.Exists(Spare))
                File.Move(Spare, temporary, overwrite: true);
            var index = WriteBytes(temporary, new Index(assignmentId, runId, header.Length, 0, "", leftOut is not null), header, tensors);
            List<(string, string)> files = leftOut is null ? [] : [(DurableFiles.Prepare(LeftPath(path), leftOut), LeftPath(path))];
            DurableFiles.Publish([.. files, (temporary, path)]);
            return Entry(path, index);
        }
        catch
        {
            foreach (var name in new[] { LeftPath(path), path })
            {
                File.Delete(name);
                File.Delete(name + ".tmp");
            }
            throw;
        }
    }

    public Stream Read(OutboxEntry entry) => new FileStream(entry.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);

    public void Delete(OutboxEntry entry)
    {
        // Not flushed: what a power cut brings back is sent again and gets the same answer.
        File.Delete(entry.Path);
        File.Delete(LeftPath(entry.Path));
    }

    // Moved before the update goes: what a crash leaves in between lacks a part and is a stray, of an update that was accepted.
    public void Accept(OutboxEntry entry)
    {
        if (File.Exists(LeftPath(entry.Path)))
        {
            Directory.CreateDirectory(Path.Combine(folder, LeftFolder));
            DurableFiles.Publish(LeftPath(entry.Path), LeftOf(entry.RunId));
        }
        Empty(entry.Path);
    }

    // The file, empty, is the next update's: to make one and to remove one takes many disks longer than to fill one.
    void Empty(string path)
    {
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
            RandomAccess.SetLength(file, 0);
        File.Move(path, Spare, overwrite: true);
    }

    public byte[]? LeftOut(string runId) => File.Exists(LeftOf(runId)) ? File.ReadAllBytes(LeftOf(runId)) : null;

    public void Forget(string runId)
    {
        if (File.Exists(LeftOf(runId)))
            File.Delete(LeftOf(runId));
    }

    // One file and so one flush, before which nothing leaves.
    static Index WriteBytes(string path, Index index, byte[] header, IEnumerable<ReadOnlyMemory<byte>> tensors)
    {
        var digest = new TreeDigest();
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
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
        file.Flush(flushToDisk: true);
        return index;
    }

    static OutboxEntry? ReadEntry(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            return ReadIndex(file) is { } index && index.HeaderLength <= index.Size && (!index.LeftOut || File.Exists(LeftPath(path))) ? Entry(path, index) : null;
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

    static OutboxEntry Entry(string path, Index index) => new(index.AssignmentId, index.RunId, path, index.HeaderLength, index.Size, index.Digest);

    void RemoveStrays(IEnumerable<OutboxEntry> entries)
    {
        var known = entries.SelectMany(e => new[] { e.Path, LeftPath(e.Path) }).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(folder))
        {
            if (!known.Contains(file))
                File.Delete(file);
        }
    }

    static string LeftPath(string updatePath) => updatePath[..^UpdateSuffix.Length] + LeftSuffix;

    string Spare => Path.Combine(folder, SpareName);

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
