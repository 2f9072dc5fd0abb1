using System.Buffers;
using Federated.Formats.Digests;
using Federated.Formats.Files;
using Federated.Server.Faults;

namespace Federated.Server.Storage;

/// <summary>
/// Blobs as files of one folder. A file appears under its digest only complete: temporary name, flush, rename, flush of the folder. Small blobs of a batch are durable in a
/// slot before they have files.
/// </summary>
sealed class BlobStore : IBlobStore, IDisposable
{
    const string TemporaryPrefix = "tmp-";
    const int BufferSize = 1 << 18, MostKnown = 1 << 13;

    readonly string _folder;
    readonly IDisk _disk;
    readonly RecentBlobs _recent;
    readonly HashSet<string> _durable = new(StringComparer.Ordinal);
    long _temporaries;

    public BlobStore(string folder, IDisk? disk = null)
    {
        _disk = disk ?? Disk.Real;
        _folder = Directory.CreateDirectory(folder).FullName;
        foreach (var leftover in Directory.EnumerateFiles(_folder, TemporaryPrefix + "*"))
            File.Delete(leftover);
        _recent = new RecentBlobs(_folder, _disk, WriteFiles);
    }

    public long? Size(string digest)
    {
        if (_recent.TryFind(digest, out var recent))
            return recent.Length;
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
        if (_recent.TryFind(digest, out var recent))
        {
            var rest = recent.Span[(int)Math.Min(offset, recent.Length)..];
            rest = rest[..Math.Min(rest.Length, into.Length)];
            rest.CopyTo(into);
            return rest.Length;
        }
        using var file = OpenFile(digest);
        return RandomAccess.Read(file, into, offset);
    }

    public ReadOnlyMemory<byte> ReadAll(string digest)
    {
        if (_recent.TryFind(digest, out var recent))
            return recent;
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
        if (_recent.TryFind(digest, out var recent))
            return new MemoryBytes(recent);
        var bytes = Existing(digest, path => new MappedBytes(new MappedFile(path)));
        if (TreeDigest.Of(new PassingBytes(bytes)) == digest)
            return bytes;
        bytes.Dispose();
        throw Corrupt(digest);
    }

    public Task SettleAsync(CancellationToken stopping) => _recent.SettleAsync(stopping);

    public void Dispose() => _recent.Dispose();

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

    void WriteFiles(IEnumerable<SlotEntry> blobs)
    {
        List<SlotEntry> all = [.. blobs];
        foreach (var blob in all.Where(b => !File.Exists(PathOf(b.Digest))))
            WriteFlushed(PathOf(blob.Digest), blob.Bytes);
        // Also where there were files already: who wrote them need not have come to flush their names.
        if (all.Count > 0)
            _disk.FlushFolder(_folder);
    }

    bool IsDurable(string digest)
    {
        lock (_durable)
            return _durable.Contains(digest);
    }

    // Whoever is not remembered any more is flushed once more.
    void Remember(IEnumerable<string> digests)
    {
        lock (_durable)
        {
            if (_durable.Count > MostKnown)
                _durable.Clear();
            _durable.UnionWith(digests);
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

    sealed class Batch(BlobStore store) : IBlobBatch
    {
        // More than there are processors: most of the time is waiting for the disk, and flushes that wait together share a commit of its journal.
        const int MostTogether = 8, BytesOfATurn = 2 << 20;

        readonly SemaphoreSlim _room = new(MostTogether, MostTogether);
        readonly HashSet<string> _added = new(StringComparer.Ordinal);
        readonly List<SlotEntry> _small = [];
        readonly List<Task> _writes = [];
        bool _hasFiles;

        public string Add(ReadOnlyMemory<byte> bytes)
        {
            var digest = TreeDigest.Of(bytes.Span);
            if (!_added.Add(digest) || store.IsDurable(digest))
                return digest;
            if (bytes.Length <= RecentBlobs.MostBytes)
                _small.Add(new SlotEntry("", digest, bytes));
            // Who wrote it need not have come to flush its name.
            else if (store.Size(digest) is not null)
                _hasFiles = true;
            else
                Write(digest, bytes);
            return digest;
        }

        public async Task CommitAsync(CancellationToken stopping)
        {
            if (_small.Count > 0 && !store._recent.TryKeep(_small))
                _small.ForEach(b => Write(b.Digest, b.Bytes));
            await Task.WhenAll(_writes).WaitAsync(stopping);
            if (_hasFiles)
                store._disk.FlushFolder(store._folder);
            store.Remember(_added);
        }

        void Write(string digest, ReadOnlyMemory<byte> bytes)
        {
            _hasFiles = true;
            // A large one takes several turns, so that memory holds no eight of them.
            var turns = Math.Min(MostTogether, 1 + bytes.Length / BytesOfATurn);
            for (var i = 0; i < turns; i++)
                _room.Wait();
            _writes.Add(Task.Run(() => Write(store.PathOf(digest), bytes, turns)));
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
