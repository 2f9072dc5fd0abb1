using Grpc.Core;

namespace Federated.Client.Transport.Grpc;

sealed class GrpcMessageStream<TSend, TReceive>(AsyncDuplexStreamingCall<TSend, TReceive> call) : IMessageStream<TSend, TReceive>
    where TReceive : class
{
    public Task SendAsync(TSend message, CancellationToken cancellation) =>
        GrpcFailures.Translate(async () =>
        {
            await call.RequestStream.WriteAsync(message, cancellation);
            return true;
        }, cancellation);

    public Task CompleteAsync() => GrpcFailures.Translate(async () =>
    {
        await call.RequestStream.CompleteAsync();
        return true;
    }, CancellationToken.None);

    public async Task<TReceive?> ReceiveAsync(CancellationToken cancellation) =>
        await GrpcFailures.Translate(() => call.ResponseStream.MoveNext(cancellation), cancellation) ? call.ResponseStream.Current : null;

    public ValueTask DisposeAsync()
    {
        call.Dispose();
        return ValueTask.CompletedTask;
    }
}
