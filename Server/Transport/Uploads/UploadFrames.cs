using System.Buffers;
using Federated.Protos.V1;
using Grpc.Core;

namespace Federated.Server.Transport.Uploads;

/// <summary>
/// An upload's frames off the wire. A chunk, which is nearly all of them, goes into a rented array instead of the new one that protobuf makes for every
/// field of bytes: gigabytes of such arrays outlive two collections each and wait in the oldest generation for a third.
/// </summary>
static class UploadFrames
{
    const uint ChunkTag = (2 << 3) | 2, OffsetTag = 1 << 3, DataTag = (2 << 3) | 2;

    public static Marshaller<ReceivedFrame> Marshaller { get; } = new(
        (_, _) => throw new NotSupportedException("The server sends no upload frames."),
        context => Read(context.PayloadAsReadOnlySequence()));

    /// <summary>The frame; one that is anything but a chunk of two known fields is left to protobuf.</summary>
    public static ReceivedFrame Read(in ReadOnlySequence<byte> payload) => ReadChunk(payload) ?? new ReceivedFrame(UploadFrame.Parser.ParseFrom(payload), 0, default);

    static ReceivedFrame? ReadChunk(in ReadOnlySequence<byte> payload)
    {
        var reader = new SequenceReader<byte>(payload);
        if (!Varint(ref reader, out var tag) || tag != ChunkTag || !Varint(ref reader, out var length) || length != (ulong)reader.Remaining)
            return null;
        var offset = 0UL;
        if (!Varint(ref reader, out tag))
            return null;
        // An offset of 0 is not written.
        if (tag == OffsetTag && (!Varint(ref reader, out offset) || !Varint(ref reader, out tag)))
            return null;
        return tag == DataTag && Varint(ref reader, out length) && length == (ulong)reader.Remaining && length <= ProtocolLimits.ChunkBytes
            ? Chunk(offset, reader.UnreadSequence) : null;
    }

    static ReceivedFrame Chunk(ulong offset, in ReadOnlySequence<byte> data)
    {
        var rented = ArrayPool<byte>.Shared.Rent((int)data.Length);
        data.CopyTo(rented);
        return new ReceivedFrame(null, offset, new ArraySegment<byte>(rented, 0, (int)data.Length));
    }

    static bool Varint(ref SequenceReader<byte> reader, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (!reader.TryRead(out var next))
                return false;
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return true;
        }
        return false;
    }
}

/// <param name="Message">A frame as protobuf reads it; null for a chunk.</param>
/// <param name="Offset">Of a chunk.</param>
/// <param name="Data">Of a chunk, rented from the shared pool.</param>
sealed record ReceivedFrame(UploadFrame? Message, ulong Offset, ArraySegment<byte> Data);
