using System.Text;
using System.Text.Json;
using Federated.Client.Faults;
using Federated.Client.Storage;
using Federated.Formats.Digests;

namespace Federated.Client.Rounds;

/// <summary>
/// Updates on disk until the coordinator has answered them. An update is flushed here before its first byte leaves, so
/// that a crash never makes the client train, or draw noise, twice for one assignment.
/// </summary>
public sealed class Outbox
{
    const string UpdateSuffix = ".update", IndexSuffix = ".json";

    readonly Lock _lock = new();
    readonly string _folder;
    readonly SortedDictionary<string, OutboxEntry> _entries = new(StringComparer.Ordinal);

    Outbox(string folder) => _folder = folder;

    /// <summary>Everything that waits, in the order of assignment ids.</summary>
    public IReadOnlyList<OutboxEntry> Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries.Values];
        }
    }

    /// <summary>Opens the folder; what a crash left half written is removed.</summary>
    /// <exception cref="ClientFault">F530: the folder cannot be used.</exception>
    public static Outbox Open(string folder)
    {
        var outbox = new Outbox(folder);
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var index in Directory.EnumerateFiles(folder, "*" + IndexSuffix))
            {
                if (ReadIndex(index) is { } entry)
                    outbox._entries[entry.AssignmentId] = entry;
            }
            outbox.RemoveStrays();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.State(folder, $"cannot be read: {e.Message}", e);
        }
        return outbox;
    }

    public bool Contains(string assignmentId)
    {
        lock (_lock)
            return _entries.ContainsKey(assignmentId);
    }

    /// <summary>Writes and flushes one update.</summary>
    /// <param name="assignmentId">What it answers.</param>
    /// <param name="runId">The assignment's run.</param>
    /// <param name="header">The first bytes of the byte string.</param>
    /// <param name="tensors">The rest, in order.</param>
    /// <exception cref="IOException">The disk is full or fails; nothing is kept then.</exception>
    public OutboxEntry Add(string assignmentId, string runId, byte[] header, IEnumerable<ReadOnlyMemory<byte>> tensors)
    {
        var path = Path.Combine(_folder, FileName(assignmentId) + UpdateSuffix);
        var temporary = path + ".tmp";
        try
        {
            var (size, digest) = WriteBytes(temporary, header, tensors);
            DurableFiles.Publish(temporary, path);
            var entry = new OutboxEntry(assignmentId, runId, path, header.Length, size, digest);
            DurableFiles.Write(IndexPath(path), JsonSerializer.SerializeToUtf8Bytes(new Index(assignmentId, runId, header.Length, size, digest)));
            lock (_lock)
                _entries[assignmentId] = entry;
            return entry;
        }
        catch
        {
            File.Delete(temporary);
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Removes what has been answered, or has become pointless.</summary>
    public void Remove(string assignmentId)
    {
        OutboxEntry? entry;
        lock (_lock)
        {
            if (!_entries.Remove(assignmentId, out entry))
                return;
        }
        try
        {
            // The index goes first: bytes without an index are a stray that the next start removes.
            DurableFiles.Delete(IndexPath(entry.Path));
            File.Delete(entry.Path);
        }
        catch (IOException)
        {
            // What stays on a failing disk is sent again after the next start and gets the same answer.
        }
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

    void RemoveStrays()
    {
        var known = _entries.Values.SelectMany(e => new[] { e.Path, IndexPath(e.Path) }).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(_folder))
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
