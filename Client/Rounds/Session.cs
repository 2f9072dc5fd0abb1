using System.Threading.Channels;
using Federated.Client.Transport;
using Federated.Client.Transport.Messages;
using Federated.Protos.V1;

namespace Federated.Client.Rounds;

/// <summary>One connection's life: hello, welcome, then messages both ways until somebody leaves or falls silent.</summary>
sealed class Session(IMessageStream<ClientMessage, ServerMessage> stream, TimeProvider time)
{
    const int SilencesUntilDead = 3;
    static readonly TimeSpan WelcomeLimit = TimeSpan.FromSeconds(30);

    long _received, _sent;

    /// <exception cref="LinkException">The coordinator refused, or did not answer in time.</exception>
    public async Task<ServerEvent.Welcome> GreetAsync(ClientReport.Hello hello, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(WelcomeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await stream.SendAsync(ProtoMapping.ToWire(hello), either.Token);
            return await ReceiveAsync(either.Token) as ServerEvent.Welcome
                ?? throw new LinkException(LinkFailure.Unavailable, "The server did not begin with a welcome.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new LinkException(LinkFailure.Unavailable, $"The server did not answer within {WelcomeLimit.TotalSeconds:F0} s.");
        }
    }

    /// <summary>Passes messages until the connection ends.</summary>
    /// <returns>The coordinator's goodbye, or null when it left without one.</returns>
    public async Task<ServerEvent.Goodbye?> RunAsync(TimeSpan heartbeat, ChannelReader<ClientReport> reports, Action<ClientReport> post,
        Action<ServerEvent> handle, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = ReadAsync(handle, ended.Token);
        var watching = WatchAsync(heartbeat, post, ended.Token);
        var writing = WriteAsync(reports, ended.Token);
        try
        {
            var first = await Task.WhenAny(reading, watching);
            if (first == reading)
                return await reading;
            // Watching that was stopped has found no silence.
            await watching;
            throw new LinkException(LinkFailure.Unavailable, $"The server was silent for {SilencesUntilDead * heartbeat.TotalSeconds:F0} s.");
        }
        finally
        {
            ended.Cancel();
            await Settle(reading);
            await Settle(watching);
            await Settle(writing);
        }
    }

    async Task<ServerEvent.Goodbye?> ReadAsync(Action<ServerEvent> handle, CancellationToken cancellation)
    {
        while (true)
        {
            var received = await ReceiveAsync(cancellation);
            if (received is null or ServerEvent.Goodbye)
                return received as ServerEvent.Goodbye;
            handle(received);
        }
    }

    /// <summary>The next message that this version knows; null at the end.</summary>
    async Task<ServerEvent?> ReceiveAsync(CancellationToken cancellation)
    {
        while (await stream.ReceiveAsync(cancellation) is { } message)
        {
            Volatile.Write(ref _received, time.GetTimestamp());
            if (ProtoMapping.FromWire(message) is { } known)
                return known;
        }
        return null;
    }

    /// <summary>A write that fails says only that the call has ended; the reader learns why.</summary>
    async Task WriteAsync(ChannelReader<ClientReport> reports, CancellationToken cancellation)
    {
        while (await reports.WaitToReadAsync(cancellation))
        {
            while (reports.TryRead(out var report))
            {
                await stream.SendAsync(ProtoMapping.ToWire(report), cancellation);
                Volatile.Write(ref _sent, time.GetTimestamp());
            }
        }
    }

    /// <summary>Breaks this side's silence, and returns when the other side's has lasted too long.</summary>
    async Task WatchAsync(TimeSpan heartbeat, Action<ClientReport> post, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(heartbeat / 2, time);
        for (ulong sequence = 1; await timer.WaitForNextTickAsync(cancellation);)
        {
            if (time.GetElapsedTime(Volatile.Read(ref _received)) > SilencesUntilDead * heartbeat)
                return;
            if (time.GetElapsedTime(Volatile.Read(ref _sent)) >= heartbeat / 2)
                post(new ClientReport.Heartbeat(sequence++));
        }
    }

    static async Task Settle(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e) when (e is OperationCanceledException or LinkException)
        {
            // The first of the three to end has told the story.
        }
    }
}
