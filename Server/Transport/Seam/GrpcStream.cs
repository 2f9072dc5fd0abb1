using Grpc.Core;

namespace Federated.Server.Transport.Seam;

/// <summary>A gRPC bidirectional call as a message stream.</summary>
sealed class GrpcStream<TIn, TOut>(IAsyncStreamReader<TIn> reader, IServerStreamWriter<TOut> writer) : IMessageStream<TIn, TOut> where TIn : class
{
    public async Task<TIn?> ReadAsync(CancellationToken stopping) => await reader.MoveNext(stopping) ? reader.Current : null;

    public Task WriteAsync(TOut message, CancellationToken stopping) => writer.WriteAsync(message, stopping);
}
