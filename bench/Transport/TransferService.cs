using Google.Protobuf;
using Grpc.Core;

namespace Federated.Bench.Transport;

sealed class TransferService : Transfer.TransferBase
{
    public override async Task<Amount> Upload(IAsyncStreamReader<Chunk> requestStream, ServerCallContext context)
    {
        long received = 0;
        await foreach (var chunk in requestStream.ReadAllAsync(context.CancellationToken))
            received += chunk.Data.Length;
        return new Amount { Bytes = received };
    }

    public override async Task Download(Amount request, IServerStreamWriter<Chunk> responseStream, ServerCallContext context)
    {
        var chunk = new Chunk { Data = UnsafeByteOperations.UnsafeWrap(new byte[Endpoint.ChunkSize]) };
        for (var sent = 0L; sent < request.Bytes; sent += Endpoint.ChunkSize)
            await responseStream.WriteAsync(chunk, context.CancellationToken);
    }
}
