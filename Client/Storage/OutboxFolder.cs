using System.Text;
using System.Text.Json;
using Federated.Client.Rounds;
using Federated.Formats.Digests;

namespace Federated.Client.Storage;

/// <summary>
/// An outbox on disk: NAME.update holds the bytes, NAME.json says what they are and is written last. Bytes without an index are a stray
/// that the next start removes.
/// </summary>
public sealed class OutboxFolder(string folder) : IOutboxStore
{
    const string UpdateSuffix = ".update", IndexSuffix = ".json";

    public IReadOnlyList<OutboxEntry> Load()
    {
        Directory.CreateDirectory(folder);
        var entries = Directory.EnumerateFiles(folder, "*" + IndexSuffix).Select(ReadIndex).OfType<OutboxEntry>().ToList();
        RemoveStrays(entries);
        return entries;
    }

    public OutboxEntry Write(string assignmentId, string runId, byte[] header, IEnumerable<ReadOnlyMemory<byte>> tensors)
    {
        var path = Path.Combine(folder, FileName(assignmentId) + UpdateSuffix);
        var temporary = path + ".tmp";
        try
        {
            var (size, digest) = WriteBytes(temporary, header, tensors);
            DurableFiles.Publish(temporary, path);
            DurableFiles.Write(IndexPath(path), JsonSerializer.SerializeToUtf8Bytes(new Index(assignmentId, runId, header.Length, size, digest)));
            return new OutboxEntry(assignmentId, runId, path, header.Length, size, digest);
        }
        catch
        {
            File.Delete(temporary);
            File.Delete(path);
            throw;
        }
    }

    public Stream Read(OutboxEntry entry) => new FileStream(entry.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);

    public void Delete(OutboxEntry entry)
    {
        // The index goes first: what is left after a crash must be a stray, never an index without its bytes.
        DurableFiles.Delete(IndexPath(entry.Path));
        File.Delete(entry.Path);
    }

    static (long Size, string Digest) WriteBytes(string path, byte[] header, IEnumerable<ReadOnlyMemory<byte>> tensors)
    {
        var digest = new TreeDigest();
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        foreach (var part in tensors.Prepend(header))
        {
            digest.Append(part.Span);
            file.Write(part.Span);
        }
        file.Flush(flushToDisk: true);
        return (file.Length, digest.ToHex());
    }

    static OutboxEntry? ReadIndex(string path)
    {
        try
        {
            var update = path[..^IndexSuffix.Length] + UpdateSuffix;
            return JsonSerializer.Deserialize<Index>(File.ReadAllBytes(path)) is { } index
                && new FileInfo(update) is { Exists: true } file && file.Length == index.Size && index.HeaderLength <= index.Size
                ? new OutboxEntry(index.AssignmentId, index.RunId, update, index.HeaderLength, index.Size, index.Digest)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    void RemoveStrays(IEnumerable<OutboxEntry> entries)
    {
        var known = entries.SelectMany(e => new[] { e.Path, IndexPath(e.Path) }).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(folder))
        {
            if (!known.Contains(file))
                File.Delete(file);
        }
    }

    static string IndexPath(string updatePath) => updatePath[..^UpdateSuffix.Length] + IndexSuffix;

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

    sealed record Index(string AssignmentId, string RunId, int HeaderLength, long Size, string Digest);
}
