using System.Threading.Channels;

namespace Federated.Client.Transport.InProcess;

sealed class InProcessStream<TSend, TReceive>(ChannelWriter<TSend> writer, ChannelReader<TReceive> reader, CancellationToken call)
    : IMessageStream<TSend, TReceive>
    where TReceive : class
{
    public async Task SendAsync(TSend message, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call, cancellation);
        try
        {
            await writer.WriteAsync(message, either.Token);
        }
        catch (ChannelClosedException e)
        {
            throw e.InnerException as LinkException ?? new LinkException(LinkFailure.Unavailable, "The call has ended.", e);
        }
    }

    public Task CompleteAsync()
    {
        writer.TryComplete();
        return Task.CompletedTask;
    }

    public async Task<TReceive?> ReceiveAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call, cancellation);
        try
        {
            return await reader.WaitToReadAsync(either.Token) && reader.TryRead(out var message) ? message : null;
        }
        catch (Exception e) when (e is LinkException or ChannelClosedException { InnerException: LinkException })
        {
            var link = e as LinkException ?? (LinkException)e.InnerException!;
            throw new LinkException(link.Failure, link.Message, link);
        }
    }

    /// <summary>Leaving a call without completing it ends it for the other side too.</summary>
    public ValueTask DisposeAsync()
    {
        writer.TryComplete(new LinkException(LinkFailure.Unavailable, "The other side left the call."));
        return ValueTask.CompletedTask;
    }
}
