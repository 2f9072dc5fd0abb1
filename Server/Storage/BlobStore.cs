using System.Buffers;
using Federated.Formats.Digests;
using Federated.Formats.Files;
using Federated.Server.Faults;

namespace Federated.Server.Storage;

/// <summary>
/// Blobs as files of one folder. A file appears under its digest only complete: temporary name, flush, rename, flush of the folder.
/// </summary>
sealed class BlobStore : IBlobStore
{
    const string TemporaryPrefix = "tmp-";
    const int BufferSize = 1 << 18;

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

    public IBlobBatch Begin() => new Batch(this);

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
        using var file = OpenFile(digest);
        return RandomAccess.Read(file, into, offset);
    }

    public byte[] ReadAll(string digest)
    {
        using var file = OpenFile(digest);
        var bytes = new byte[RandomAccess.GetLength(file)];
        for (var read = 0; read < bytes.Length;)
        {
            var count = RandomAccess.Read(file, bytes.AsSpan(read), read);
            if (count == 0)
                break;
            read += count;
        }
        return TreeDigest.Of(bytes) == digest ? bytes : throw Corrupt(digest);
    }

    public IStoredBytes Open(string digest)
    {
        var bytes = Existing(digest, path => new MappedBytes(new MappedFile(path)));
        if (TreeDigest.Of(new PassingBytes(bytes)) == digest)
            return bytes;
        bytes.Dispose();
        throw Corrupt(digest);
    }

    Microsoft.Win32.SafeHandles.SafeFileHandle OpenFile(string digest) => Existing(digest,
        path => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.SequentialScan));

    T Existing<T>(string digest, Func<string, T> open)
    {
        try
        {
            return open(PathOf(digest));
        }
        catch (FileNotFoundException)
        {
            throw new FaultException(Fault.BlobNotFound, $"There is no blob {digest}.");
        }
    }

    static FaultException Corrupt(string digest) => new(Fault.BlobCorrupt, $"The blob {digest} no longer has its digest.");

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

    sealed class Batch(BlobStore store) : IBlobBatch
    {
        // More than there are processors: most of the time is waiting for the disk, and flushes that wait together share a commit of its journal.
        const int MostTogether = 8, BytesOfATurn = 2 << 20;

        readonly SemaphoreSlim _room = new(MostTogether, MostTogether);
        readonly HashSet<string> _added = new(StringComparer.Ordinal);
        readonly List<Task> _writes = [];

        public string Add(ReadOnlyMemory<byte> bytes)
        {
            var digest = TreeDigest.Of(bytes.Span);
            if (!_added.Add(digest) || store.Size(digest) is not null)
                return digest;
            // A large one takes several turns, so that memory holds no eight of them.
            var turns = Math.Min(MostTogether, 1 + bytes.Length / BytesOfATurn);
            for (var i = 0; i < turns; i++)
                _room.Wait();
            _writes.Add(Task.Run(() => Write(store.PathOf(digest), bytes, turns)));
            return digest;
        }

        // Also where every blob was there already: who wrote it need not have come to flush its name.
        public async Task CommitAsync(CancellationToken stopping)
        {
            await Task.WhenAll(_writes).WaitAsync(stopping);
            store._disk.FlushFolder(store._folder);
        }

        void Write(string path, ReadOnlyMemory<byte> bytes, int turns)
        {
            try
            {
                store.WriteFlushed(path, bytes);
            }
            finally
            {
                _room.Release(turns);
            }
        }
    }
}
