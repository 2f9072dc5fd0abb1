using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Federated.Protos.V1;

namespace Federated.Client.Transport.InProcess;

/// <summary>
/// The wire without a network: each call hands the other end of a pair of bounded message channels to a handler, which
/// plays the coordinator. Messages are passed as they are, so neither side may change one that it has sent or received.
/// </summary>
public sealed class InProcessTransport(InProcessHandlers handlers, string peer = "in-process") : ICoordinatorTransport
{
    public string Peer { get; } = peer;

    public IMessageStream<ClientMessage, ServerMessage> Connect(CancellationToken cancellation) => Open(handlers.Connect, cancellation);

    public IMessageStream<UploadFrame, UploadReply> Upload(CancellationToken cancellation) => Open(handlers.Upload, cancellation);

    public async IAsyncEnumerable<BlobChunk> Download(DownloadRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var chunk in handlers.Download(request, cancellation))
            yield return chunk;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    static InProcessStream<TSend, TReceive> Open<TSend, TReceive>(
        Func<IMessageStream<TReceive, TSend>, CancellationToken, Task> handler, CancellationToken cancellation)
        where TSend : class
        where TReceive : class
    {
        var (there, back) = (Bounded<TSend>(), Bounded<TReceive>());
        var client = new InProcessStream<TSend, TReceive>(there.Writer, back.Reader, cancellation);
        var server = new InProcessStream<TReceive, TSend>(back.Writer, there.Reader, cancellation);
        _ = ServeAsync(handler, server, there.Writer, back.Writer, cancellation);
        return client;
    }

    /// <summary>Ends both directions with the handler, and tells the client why, as a status would.</summary>
    static async Task ServeAsync<TSend, TReceive>(Func<IMessageStream<TReceive, TSend>, CancellationToken, Task> handler,
        InProcessStream<TReceive, TSend> server, ChannelWriter<TSend> there, ChannelWriter<TReceive> back, CancellationToken cancellation)
        where TSend : class
        where TReceive : class
    {
        try
        {
            await handler(server, cancellation);
            back.TryComplete();
            there.TryComplete(new LinkException(LinkFailure.Unavailable, "The call has ended."));
        }
        catch (Exception e)
        {
            var failure = e as LinkException ?? new LinkException(LinkFailure.Unavailable, "The coordinator ended the call.", e);
            back.TryComplete(failure);
            there.TryComplete(failure);
        }
    }

    static Channel<T> Bounded<T>() => Channel.CreateBounded<T>(new BoundedChannelOptions(64) { SingleReader = true });
}
