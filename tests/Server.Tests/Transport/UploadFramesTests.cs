using System.Buffers;
using Federated.Protos.V1;
using Federated.Server.Transport;
using Federated.Server.Transport.Uploads;
using Google.Protobuf;

namespace Server.Tests.Transport;

/// <summary>Against protobuf's own reading of the same bytes.</summary>
public sealed class UploadFramesTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 262_144)]
    [InlineData(1, 127)]
    [InlineData(127, 128)]
    [InlineData(1 << 30, 65_536)]
    public void Read_Chunk_IsWhatProtobufReads(long offset, int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        var frame = new UploadFrame { Chunk = new UploadChunk { Offset = (ulong)offset, Data = ByteString.CopyFrom(data) } };

        foreach (var pieces in new[] { 1, 3, 4096 })
        {
            var read = UploadFrames.Read(Pieces(frame.ToByteArray(), pieces));
            Assert.Null(read.Message);
            Assert.Equal((ulong)offset, read.Offset);
            Assert.Equal(data, read.Data.ToArray());
            Assert.Equal(ProtoMapping.Read(frame), ProtoMapping.Read(read), Same);
        }
    }

    [Fact]
    public void Read_Open_IsLeftToProtobuf()
    {
        var frame = new UploadFrame { Open = new UploadOpen { Header = ByteString.CopyFrom(1, 2, 3), Size = 9, Digest = ByteString.CopyFrom(new byte[32]) } };
        Assert.Equal(frame, UploadFrames.Read(new(frame.ToByteArray())).Message);
    }

    /// <summary>Legal forms that no writer of ours makes, and broken ones: protobuf has the word.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("1200")]                 // a chunk without fields
    [InlineData("12051203010203")]       // data without an offset, not empty
    [InlineData("1207120301020308 05")]  // fields in the other order
    [InlineData("120908051203010203 3801")] // a field that is not known
    [InlineData("12070805 1203010203 0a00")] // and an open behind it
    [InlineData("1208 0805 1203010203")] // a length beyond the end
    [InlineData("12ffffffffffffffffffff01")]
    [InlineData("12")]
    public void Read_Unusual_AgreesWithProtobuf(string hex)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var expected = Try(() => UploadFrame.Parser.ParseFrom(bytes));
        var read = Try(() => UploadFrames.Read(new(bytes)));
        var frame = read is { Message: null } chunk
            ? new UploadFrame { Chunk = new UploadChunk { Offset = chunk.Offset, Data = ByteString.CopyFrom(chunk.Data.AsSpan()) } } : read?.Message;
        Assert.Equal(expected, frame);
    }

    static bool Same(UploadSaid x, UploadSaid y) => x is UploadSaid.Chunk a && y is UploadSaid.Chunk b && a.Offset == b.Offset && a.Data.Span.SequenceEqual(b.Data.Span);

    static T? Try<T>(Func<T> read) where T : class
    {
        try
        {
            return read();
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    static ReadOnlySequence<byte> Pieces(byte[] bytes, int size)
    {
        var first = new Piece(bytes.AsMemory(0, Math.Min(size, bytes.Length)), 0);
        var last = first;
        for (var at = size; at < bytes.Length; at += size)
            last = last.Append(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)));
        return new(first, 0, last, last.Memory.Length);
    }

    sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long at) => (Memory, RunningIndex) = (memory, at);

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
