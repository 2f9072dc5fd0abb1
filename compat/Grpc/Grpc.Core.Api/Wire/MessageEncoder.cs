using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Grpc.Net.Compression;

namespace Grpc.Core.Wire;

/// <summary>Turns a message into one length-prefixed frame: flag, big-endian length, payload. The payload is written once, straight into the frame.</summary>
sealed class MessageEncoder(int? maxSize)
{
    public const int PrefixLength = 5;

    /// <summary>Without a compression the payload is sent as it is.</summary>
    /// <exception cref="RpcException">The message is larger than the configured limit.</exception>
    public PooledBuffer Encode<T>(Marshaller<T> marshaller, T message, ICompressionProvider? compression, CompressionLevel? level = null)
    {
        var frame = new PooledBuffer();
        try
        {
            frame.GetSpan(PrefixLength)[..PrefixLength].Clear();
            frame.Advance(PrefixLength);
            var context = new FrameContext(frame, maxSize);
            marshaller.ContextualSerializer(message, context);
            context.Verify();
            if (compression is not null)
                frame = Compress(frame, compression, level);
            frame.WrittenSpan[0] = compression is null ? (byte)0 : (byte)1;
            BinaryPrimitives.WriteUInt32BigEndian(frame.WrittenSpan[1..], (uint)(frame.WrittenCount - PrefixLength));
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    static PooledBuffer Compress(PooledBuffer plain, ICompressionProvider compression, CompressionLevel? level)
    {
        var compressed = new PooledBuffer(plain.WrittenCount / 2);
        compressed.Write(plain.WrittenSpan[..PrefixLength]);
        using (var stream = compression.CreateCompressionStream(compressed, level))
            stream.Write(plain.WrittenSpan[PrefixLength..]);
        plain.Dispose();
        return compressed;
    }

    sealed class FrameContext(PooledBuffer frame, int? maxSize) : SerializationContext
    {
        bool _complete;

        public override void SetPayloadLength(int payloadLength)
        {
            CheckSize(payloadLength);
            frame.EnsureFree(payloadLength);
        }

        public override IBufferWriter<byte> GetBufferWriter() => frame;

        public override void Complete() => _complete = true;

        public override void Complete(byte[] payload)
        {
            SetPayloadLength(payload.Length);
            frame.Write(payload.AsSpan());
            _complete = true;
        }

        public void Verify()
        {
            if (!_complete)
                throw new InvalidOperationException("The marshaller did not complete the message.");
            CheckSize(frame.WrittenCount - PrefixLength);
        }

        void CheckSize(int size)
        {
            if (size > maxSize)
                throw new RpcException(new Status(StatusCode.ResourceExhausted,
                    $"Sending message exceeds the maximum configured message size: {size} bytes, the limit is {maxSize}."));
        }
    }
}
