using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Grpc.Net.Compression;

namespace Grpc.Core.Wire;

/// <summary>
/// Reads length-prefixed frames from a pipe. The payload stays in the pipe's own segments until the marshaller reads it, so parsing makes
/// the only copy; a frame over the limit is refused by its prefix, before it is buffered. The encoding is the peer's <c>grpc-encoding</c>, null for none.
/// </summary>
sealed class MessageDecoder(PipeReader pipe, int? maxSize, string? encoding, IEnumerable<ICompressionProvider> compressions)
{
    readonly ICompressionProvider? _compression = compressions.FirstOrDefault(candidate => candidate.EncodingName == encoding);

    /// <summary>The next message, or null at the end of the stream.</summary>
    /// <exception cref="RpcException">What arrived is not a frame, too large, or not a message of this type.</exception>
    public async ValueTask<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellation) where T : class
    {
        // Once its prefix is there, a message is worth waking for only when it is whole.
        for (var wanted = 0; ;)
        {
            var read = await pipe.ReadAtLeastAsync(wanted, cancellation);
            if (read.IsCanceled)
                throw new OperationCanceledException("The incoming message was cancelled.");
            if (TryReadPrefix(read.Buffer, out var compressed, out var length)
                && read.Buffer.Length - MessageEncoder.PrefixLength >= length)
            {
                var payload = read.Buffer.Slice(MessageEncoder.PrefixLength, length);
                var message = compressed ? Decompress(payload, marshaller) : Parse(payload, marshaller);
                pipe.AdvanceTo(payload.End);
                return message;
            }
            if (read.IsCompleted)
                return read.Buffer.IsEmpty ? null : throw Error(StatusCode.Internal, "Incomplete message.");
            wanted = read.Buffer.Length < MessageEncoder.PrefixLength ? 0 : (int)Math.Min(MessageEncoder.PrefixLength + length, int.MaxValue);
            pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    bool TryReadPrefix(in ReadOnlySequence<byte> buffer, out bool compressed, out long length)
    {
        Span<byte> prefix = stackalloc byte[MessageEncoder.PrefixLength];
        (compressed, length) = (false, 0);
        if (buffer.Length < prefix.Length)
            return false;
        buffer.Slice(0, prefix.Length).CopyTo(prefix);
        if (prefix[0] > 1)
            throw Error(StatusCode.Internal, "Unexpected compressed flag value in message header.");
        compressed = prefix[0] == 1;
        length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        return length <= (maxSize ?? int.MaxValue) ? true : throw TooLarge();
    }

    static T Parse<T>(in ReadOnlySequence<byte> payload, Marshaller<T> marshaller)
    {
        try
        {
            return marshaller.ContextualDeserializer(new PayloadContext(payload));
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw new RpcException(new Status(StatusCode.Internal, "Failed to deserialize message.", error));
        }
    }

    T Decompress<T>(in ReadOnlySequence<byte> payload, Marshaller<T> marshaller)
    {
        if (encoding is null or WireHeaders.Identity)
            throw Error(StatusCode.Internal, $"A compressed message came with grpc-encoding '{encoding ?? WireHeaders.Identity}'.");
        if (_compression is null)
            throw Error(StatusCode.Unimplemented, UnsupportedEncoding(encoding, compressions));
        using var plain = new PooledBuffer((int)payload.Length);
        try
        {
            using var stream = _compression.CreateDecompressionStream(PipeReader.Create(payload).AsStream());
            for (int read; (read = stream.Read(plain.GetSpan(4096))) > 0;)
            {
                plain.Advance(read);
                if (plain.WrittenCount > maxSize)
                    throw TooLarge();
            }
        }
        catch (InvalidDataException error)
        {
            throw new RpcException(new Status(StatusCode.Internal, "Failed to decompress message.", error));
        }
        return Parse(new ReadOnlySequence<byte>(plain.WrittenMemory), marshaller);
    }

    public static string UnsupportedEncoding(string encoding, IEnumerable<ICompressionProvider> compressions) =>
        $"Unsupported grpc-encoding value '{encoding}'. Supported encodings: {AcceptEncoding(compressions)}";

    public static string AcceptEncoding(IEnumerable<ICompressionProvider> compressions) =>
        string.Join(',', compressions.Select(compression => compression.EncodingName).Prepend(WireHeaders.Identity));

    RpcException TooLarge() => Error(StatusCode.ResourceExhausted,
        $"Received message exceeds the maximum configured message size of {maxSize ?? int.MaxValue} bytes.");

    static RpcException Error(StatusCode code, string detail) => new(new Status(code, detail));

    sealed class PayloadContext(ReadOnlySequence<byte> payload) : DeserializationContext
    {
        public override int PayloadLength => (int)payload.Length;

        public override byte[] PayloadAsNewBuffer() => payload.ToArray();

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => payload;
    }
}
