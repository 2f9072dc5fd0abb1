using System.Buffers;
using System.Formats.Tar;
using Federated.Formats.Digests;
using Federated.Server.Faults;
using Federated.Server.Identity;
using Federated.Server.Storage;

namespace Federated.Server.Operator.Backups;

/// <summary>Reads a backup from its first byte to its last and believes nothing that is not confirmed by a digest.</summary>
static class BackupArchive
{
    const int BufferBytes = 1 << 18;

    /// <param name="archive">The archive; it is read once, forwards.</param>
    /// <param name="place">Where an entry's bytes go, by its name. <see cref="Stream.Null"/> only verifies.</param>
    /// <exception cref="FaultException">The archive is cut off, was changed, or is no backup. What was placed until then must not be used.</exception>
    public static BackupManifest Read(Stream archive, Func<string, Stream> place)
    {
        try
        {
            using var tar = new TarReader(archive, leaveOpen: true);
            var found = new Dictionary<string, string>(StringComparer.Ordinal);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.Name == BackupManifest.Entry)
                    return Confirm(Manifest(entry), found);
                RequireKnown(entry);
                using var into = place(entry.Name);
                if (!found.TryAdd(entry.Name, CopyAndHash(entry, into)))
                    throw Damaged($"It has the entry '{entry.Name}' twice.");
            }
            throw Damaged("It ends before its manifest; it was cut off, or is no backup.");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw Damaged($"It cannot be read: {e.Message}", e);
        }
    }

    /// <exception cref="FaultException">As <see cref="Read"/>.</exception>
    public static BackupManifest Verify(string path)
    {
        using var archive = File.OpenRead(path);
        return Read(archive, _ => Stream.Null);
    }

    static void RequireKnown(TarEntry entry)
    {
        var known = entry.Name == BackupManifest.DatabaseEntry
            || entry.Name.StartsWith(BackupManifest.BlobFolder, StringComparison.Ordinal) && Digests.IsDigest(entry.Name[BackupManifest.BlobFolder.Length..]);
        if (!known || entry.EntryType != TarEntryType.RegularFile)
            throw Damaged($"It has the entry '{Names.Shorten(entry.Name)}', which no backup has.");
    }

    static BackupManifest Manifest(TarEntry entry)
    {
        if (entry.Length > BackupManifest.MaxBytes)
            throw Damaged($"Its manifest has {entry.Length} bytes; at most {BackupManifest.MaxBytes} are read.");
        using var json = new MemoryStream();
        CopyAndHash(entry, json);
        return BackupManifest.Parse(json.ToArray());
    }

    static BackupManifest Confirm(BackupManifest manifest, Dictionary<string, string> found)
    {
        var expected = manifest.Blobs.Select(b => KeyValuePair.Create(BackupManifest.BlobFolder + b, b)).Append(KeyValuePair.Create(BackupManifest.DatabaseEntry, manifest.Database)).ToList();
        foreach (var (name, digest) in expected)
        {
            if (!found.TryGetValue(name, out var hash))
                throw Damaged($"The entry '{name}' is missing.");
            if (hash != digest)
                throw Damaged($"The entry '{name}' has the digest {hash}, not {digest}.");
        }
        return expected.Count == found.Count ? manifest : throw Damaged($"It has {found.Count} entries; its manifest names {expected.Count}.");
    }

    static string CopyAndHash(TarEntry entry, Stream into)
    {
        var digest = new TreeDigest();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            // An empty entry has no stream.
            for (int read; entry.DataStream is { } content && (read = content.Read(buffer)) > 0;)
            {
                digest.Append(buffer.AsSpan(0, read));
                into.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return digest.Length == entry.Length ? digest.ToHex() : throw Damaged($"The entry '{entry.Name}' ends after {digest.Length} of {entry.Length} bytes.");
    }

    static FaultException Damaged(string how, Exception? inner = null) => new(Fault.BackupDamaged, $"The backup is damaged. {how}", inner);
}
