using Federated.Client.Transport;

namespace Federated.Client.Tests.Support;

static class Peer
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
}

/// <summary>The coordinator's end of one call.</summary>
sealed class Peer<TSend, TReceive>(IMessageStream<TSend, TReceive> stream)
    where TReceive : class
{
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ended => _ended.Task;

    public Task SendAsync(TSend message) => stream.SendAsync(message, CancellationToken.None).WaitAsync(Peer.Limit);

    public Task<TReceive?> ReceiveAsync() => stream.ReceiveAsync(CancellationToken.None).WaitAsync(Peer.Limit);

    /// <summary>The next message for which <paramref name="pick"/> gives something; others are passed over.</summary>
    public async Task<T> ExpectAsync<T>(Func<TReceive, T?> pick)
        where T : class
    {
        while (true)
        {
            var message = await ReceiveAsync() ?? throw new InvalidOperationException($"The client left while a {typeof(T).Name} was awaited.");
            if (pick(message) is { } found)
                return found;
        }
    }

    /// <summary>Ends the call well.</summary>
    public void Close() => _ended.TrySetResult();

    /// <summary>Ends the call with a failure, as a status would.</summary>
    public void Fail(LinkFailure failure, string message) => _ended.TrySetException(new LinkException(failure, message));
}
