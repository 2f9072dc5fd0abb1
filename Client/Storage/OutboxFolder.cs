using System.Text;
using System.Text.Json;
using Federated.Client.Rounds;
using Federated.Formats.Digests;

namespace Federated.Client.Storage;

/// <summary>
/// An outbox on disk: NAME.update holds the bytes, NAME.left what their encoding left out, NAME.json says what they are. All are flushed before they get their
/// names, and an entry is one only if all are there: the rest is a stray that the next start removes. left/RUN is what the accepted updates of a run have left out.
/// </summary>
public sealed class OutboxFolder(string folder) : IOutboxStore
{
    const string UpdateSuffix = ".update", IndexSuffix = ".json", LeftSuffix = ".left", LeftFolder = "left";

    public IReadOnlyList<OutboxEntry> Load()
    {
        Directory.CreateDirectory(folder);
        var entries = Directory.EnumerateFiles(folder, "*" + IndexSuffix).Select(ReadIndex).OfType<OutboxEntry>().ToList();
        RemoveStrays(entries);
        return entries;
    }

    public OutboxEntry Write(string assignmentId, string runId, byte[] header, IEnumerable<ReadOnlyMemory<byte>> tensors, byte[]? leftOut)
    {
        var path = Path.Combine(folder, FileName(assignmentId) + UpdateSuffix);
        var temporary = path + ".tmp";
        try
        {
            var (size, digest) = WriteBytes(temporary, header, tensors);
            List<(string, string)> files = [(temporary, path)];
            if (leftOut is not null)
                files.Add((DurableFiles.Prepare(LeftPath(path), leftOut), LeftPath(path)));
            var index = new Index(assignmentId, runId, header.Length, size, digest, leftOut is not null);
            files.Add((DurableFiles.Prepare(IndexPath(path), JsonSerializer.SerializeToUtf8Bytes(index)), IndexPath(path)));
            DurableFiles.Publish(files);
            return new OutboxEntry(assignmentId, runId, path, header.Length, size, digest);
        }
        catch
        {
            foreach (var name in new[] { IndexPath(path), LeftPath(path), path })
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
        File.Delete(IndexPath(entry.Path));
        File.Delete(LeftPath(entry.Path));
        File.Delete(entry.Path);
    }

    // Moved before the index goes: what a crash leaves in between lacks a part and is a stray, of an update that was accepted.
    public void Accept(OutboxEntry entry)
    {
        if (File.Exists(LeftPath(entry.Path)))
        {
            Directory.CreateDirectory(Path.Combine(folder, LeftFolder));
            DurableFiles.Publish(LeftPath(entry.Path), LeftOf(entry.RunId));
        }
        Delete(entry);
    }

    public byte[]? LeftOut(string runId) => File.Exists(LeftOf(runId)) ? File.ReadAllBytes(LeftOf(runId)) : null;

    public void Forget(string runId)
    {
        if (File.Exists(LeftOf(runId)))
            File.Delete(LeftOf(runId));
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
                && (!index.LeftOut || File.Exists(LeftPath(update)))
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
        var known = entries.SelectMany(e => new[] { e.Path, IndexPath(e.Path), LeftPath(e.Path) }).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(folder))
        {
            if (!known.Contains(file))
                File.Delete(file);
        }
    }

    static string LeftPath(string updatePath) => updatePath[..^UpdateSuffix.Length] + LeftSuffix;

    string LeftOf(string runId) => Path.Combine(folder, LeftFolder, FileName(runId));

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

    sealed record Index(string AssignmentId, string RunId, int HeaderLength, long Size, string Digest, bool LeftOut);
}
