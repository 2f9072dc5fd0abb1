using System.Buffers;

namespace Grpc.Core.Wire;

/// <summary>A growing buffer over rented arrays; also a write-only stream, for compressors.</summary>
sealed class PooledBuffer(int capacity = 0) : Stream, IBufferWriter<byte>
{
    byte[] _array = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 256));
    int _length;

    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, _length);

    public Span<byte> WrittenSpan => _array.AsSpan(0, _length);

    public int WrittenCount => _length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_array.Length - _length));
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureFree(Math.Max(sizeHint, 1));
        return _array.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void EnsureFree(int count)
    {
        if (_array.Length - _length >= count)
            return;
        var needed = (long)_length + count;
        if (needed > Array.MaxLength)
            throw new InvalidOperationException($"A message of {needed} bytes exceeds the largest array, {Array.MaxLength} bytes.");
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(needed, 2L * _array.Length), Array.MaxLength));
        WrittenSpan.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        buffer.CopyTo(GetSpan(buffer.Length));
        Advance(buffer.Length);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        var array = Interlocked.Exchange(ref _array, []);
        _length = 0;
        if (array.Length > 0)
            ArrayPool<byte>.Shared.Return(array);
    }
}
