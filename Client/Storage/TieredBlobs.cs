using Federated.Aggregators.Adapters;

namespace Federated.Client.Storage;

/// <summary>
/// Small blobs in memory, as long as there is room for them, all others as files: making a file takes longer than fetching what a small one holds. A process that
/// starts again fetches the small ones again.
/// </summary>
public sealed class TieredBlobs(BlobMemory memory, BlobFolder folder) : IBlobShelf
{
    /// <summary>The largest blob that is kept in memory.</summary>
    public const int SmallBytes = 256 << 10;

    public bool Has(string digest) => memory.Has(digest) || folder.Has(digest);

    public ISpanSource? Find(string digest) => memory.Find(digest) ?? folder.Find(digest);

    public void Drop(string digest)
    {
        memory.Drop(digest);
        folder.Drop(digest);
    }

    // As when a download completes, nothing that is there is dropped for it.
    public void Put(string digest, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length <= SmallBytes && memory.Bytes + bytes.Length <= memory.CapacityBytes)
            memory.Put(digest, bytes);
        else
            folder.Put(digest, bytes);
    }

    public long PartLength(string digest) => memory.HasPart(digest) ? memory.PartLength(digest) : folder.PartLength(digest);

    public Stream OpenPart(string digest) => folder.PartLength(digest) > 0 ? folder.OpenPart(digest) : new GrowingPart(this, memory.OpenPart(digest), digest);

    public void DropPart(string digest)
    {
        memory.DropPart(digest);
        folder.DropPart(digest);
    }

    public void Complete(string digest, long bytes)
    {
        // What is there is not dropped for it: an adapter of more small groups than fit would be fetched whole in every round.
        if (memory.HasPart(digest) && memory.Bytes + bytes > memory.CapacityBytes)
            MoveToFolder(digest);
        if (memory.HasPart(digest))
            memory.Complete(digest, bytes);
        else
            folder.Complete(digest, bytes);
    }

    void MoveToFolder(string digest)
    {
        using var file = ContinueInFolder(digest);
        file.SetLength(file.Position);
    }

    Stream ContinueInFolder(string digest)
    {
        var file = folder.OpenPart(digest);
        memory.OpenPart(digest).CopyTo(file);
        memory.DropPart(digest);
        return file;
    }

    /// <summary>A download that begins in memory and goes on in a file once it is not small any more.</summary>
    sealed class GrowingPart(TieredBlobs blobs, Stream begun, string digest) : Stream
    {
        Stream _part = begun;
        bool _isFile;

        public override bool CanRead => _part.CanRead;

        public override bool CanWrite => _part.CanWrite;

        public override bool CanSeek => false;

        public override long Length => _part.Length;

        public override long Position
        {
            get => _part.Position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => _part.Read(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!_isFile && _part.Position + buffer.Length > SmallBytes)
                (_part, _isFile) = (blobs.ContinueInFolder(digest), true);
            _part.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void SetLength(long value) => _part.SetLength(value);

        public override void Flush() => _part.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _part.Dispose();
            base.Dispose(disposing);
        }
    }
}
