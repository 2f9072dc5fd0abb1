using Federated.Protos.V1;
using Federated.Server.Transport.Seam;
using Google.Protobuf;

namespace Server.Tests.Kit;

/// <summary>The client's half of an upload, over any stream.</summary>
static class UploadDriver
{
    public const int ChunkBytes = 1 << 18;

    public static async Task<UploadOutcome> RunAsync(
        IMessageStream<UploadReply, UploadFrame> stream, Func<Task> completeAsync, UploadOpen open, byte[] bytes, CancellationToken stopping)
    {
        await stream.WriteAsync(new UploadFrame { Open = open }, stopping);
        var reply = await stream.ReadAsync(stopping) ?? throw new InvalidOperationException("The server ended the upload without an answer.");
        if (reply.Outcome is not null)
            return reply.Outcome;
        for (var offset = (int)reply.Ready.Offset; offset < bytes.Length; offset += ChunkBytes)
        {
            var count = Math.Min(ChunkBytes, bytes.Length - offset);
            await stream.WriteAsync(new UploadFrame { Chunk = new UploadChunk { Offset = (ulong)offset, Data = UnsafeByteOperations.UnsafeWrap(bytes.AsMemory(offset, count)) } }, stopping);
        }
        await completeAsync();
        reply = await stream.ReadAsync(stopping) ?? throw new InvalidOperationException("The server ended the upload without an outcome.");
        return reply.Outcome;
    }
}
