using System.Threading.Channels;
using Federated.Client.Rounds;
using Federated.Client.Tests.Support;
using Federated.Client.Transport;
using Federated.Client.Transport.Messages;
using Federated.Protos.V1;

namespace Federated.Client.Tests.Rounds;

public sealed class SessionTests
{
    [Fact]
    public async Task Stop_BeforeTheCallHasEnded_IsNotTakenForSilence()
    {
        using var stop = new CancellationTokenSource();
        await using var stream = new HeldStream();
        var running = new Session(stream, TimeProvider.System).RunAsync(TimeSpan.FromMinutes(1), Channel.CreateUnbounded<ClientReport>().Reader, _ => { }, _ => { }, stop.Token);
        await stop.CancelAsync();
        stream.End();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Peer.Limit));
    }

    /// <summary>A call that takes its time to end.</summary>
    sealed class HeldStream : IMessageStream<ClientMessage, ServerMessage>
    {
        readonly TaskCompletionSource<ServerMessage?> _received = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void End() => _received.TrySetResult(null);

        public Task<ServerMessage?> ReceiveAsync(CancellationToken cancellation) => _received.Task;

        public Task SendAsync(ClientMessage message, CancellationToken cancellation) => Task.CompletedTask;

        public Task CompleteAsync() => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
