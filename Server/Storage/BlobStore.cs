using Federated.Formats.Digests;
using System.Buffers;
using Federated.Server.Faults;

namespace Federated.Server.Storage;

/// <summary>
/// Blobs as files of one folder. A file appears under its digest only complete: temporary name, flush, rename, flush of the folder.
/// </summary>
sealed class BlobStore : IBlobStore
{
    const string TemporaryPrefix = "tmp-";
    const int BufferSize = 1 << 18;
    const int MostTogether = 8;

    readonly string _folder;
    readonly IDisk _disk;
    long _temporaries;

    public BlobStore(string folder, IDisk? disk = null)
    {
        _disk = disk ?? Disk.Real;
        _folder = Directory.CreateDirectory(folder).FullName;
        foreach (var leftover in Directory.EnumerateFiles(_folder, TemporaryPrefix + "*"))
            File.Delete(leftover);
    }

    public long? Size(string digest)
    {
        var file = new FileInfo(PathOf(digest));
        return file.Exists ? file.Length : null;
    }

    public async Task<IReadOnlyList<string>> PutAsync(IReadOnlyList<ReadOnlyMemory<byte>> blobs, CancellationToken stopping)
    {
        var digests = blobs.Select(b => TreeDigest.Of(b.Span)).ToList();
        var missing = Enumerable.Range(0, blobs.Count).Where(i => Size(digests[i]) is null).DistinctBy(i => digests[i]).ToList();
        // More than there are processors: most of the time is waiting for the disk, and flushes that wait together share a commit of its journal.
        var together = new ParallelOptions { MaxDegreeOfParallelism = MostTogether, CancellationToken = stopping };
        await Parallel.ForEachAsync(missing, together, (i, _) =>
        {
            WriteFlushed(PathOf(digests[i]), blobs[i]);
            return ValueTask.CompletedTask;
        });
        if (missing.Count > 0)
            _disk.FlushFolder(_folder);
        return digests;
    }

    public async Task<bool> PutAsync(string digest, Stream body, CancellationToken stopping)
    {
        if (Size(digest) is not null)
            return false;
        var temporary = TemporaryPath();
        try
        {
            var found = await CopyAsync(body, temporary, stopping);
            if (found != digest)
                throw new FaultException(Fault.BlobDigestMismatch, $"The body has the digest {found}, not {digest}.");
            _disk.Rename(temporary, PathOf(digest));
            _disk.FlushFolder(_folder);
            return true;
        }
        finally
        {
            _disk.Delete(temporary);
        }
    }

    public int Read(string digest, long offset, Span<byte> into)
    {
        using var file = Open(digest);
        return RandomAccess.Read(file, into, offset);
    }

    public byte[] ReadAll(string digest)
    {
        using var file = Open(digest);
        var bytes = new byte[RandomAccess.GetLength(file)];
        for (var read = 0; read < bytes.Length;)
        {
            var count = RandomAccess.Read(file, bytes.AsSpan(read), read);
            if (count == 0)
                break;
            read += count;
        }
        if (TreeDigest.Of(bytes) != digest)
            throw new FaultException(Fault.BlobCorrupt, $"The blob {digest} no longer has its digest.");
        return bytes;
    }

    Microsoft.Win32.SafeHandles.SafeFileHandle Open(string digest)
    {
        try
        {
            return File.OpenHandle(PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (FileNotFoundException)
        {
            throw new FaultException(Fault.BlobNotFound, $"There is no blob {digest}.");
        }
    }

    void WriteFlushed(string path, ReadOnlyMemory<byte> bytes)
    {
        var temporary = TemporaryPath();
        try
        {
            using (var file = _disk.Open(temporary, FileMode.CreateNew))
            {
                _disk.Write(file, bytes.Span, 0);
                _disk.Flush(file);
            }
            _disk.Rename(temporary, path);
        }
        catch
        {
            _disk.Delete(temporary);
            throw;
        }
    }

    async Task<string> CopyAsync(Stream body, string path, CancellationToken stopping)
    {
        var hasher = new TreeDigest();
        using var file = _disk.Open(path, FileMode.CreateNew);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count;
            while ((count = await body.ReadAsync(buffer, stopping)) > 0)
            {
                _disk.Write(file, buffer.AsSpan(0, count), hasher.Length);
                hasher.Append(buffer.AsSpan(0, count));
                if (hasher.Length > BlobLimits.MaxBytes)
                    throw new FaultException(Fault.BlobTooLarge, $"A blob has at most {BlobLimits.MaxBytes} bytes.");
            }
            _disk.Flush(file);
            return hasher.ToHex();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    string TemporaryPath() => Path.Combine(_folder, $"{TemporaryPrefix}{Interlocked.Increment(ref _temporaries)}");

    string PathOf(string digest) => Path.Combine(_folder, Digests.Checked(digest));
}
