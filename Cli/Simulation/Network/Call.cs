using System.Threading.Channels;
using Federated.Client.Transport;
using Federated.Client.Transport.Grpc;
using Google.Protobuf;
using Grpc.Core;
using ServerSeam = Federated.Server.Transport.Seam;

namespace Federated.Cli.Simulation.Network;

/// <summary>
/// One call over a client's line. What the client sends reaches the coordinator's session after the line's delay, and the other way
/// round; the end of either side travels like a message.
/// </summary>
sealed class Call<TUp, TDown> : IMessageStream<TUp, TDown>, ICall
    where TUp : class, IMessage
    where TDown : class, IMessage
{
    readonly Line _line;
    readonly SimulatedClock _clock;
    readonly CancellationToken _server;
    readonly Action _endServer;
    // Bounded by what a client sends before it waits for an answer, and by the queue that the coordinator keeps for a client.
    readonly Channel<TUp> _arrivedUp = Channel.CreateUnbounded<TUp>();
    readonly Channel<TDown> _arrivedDown = Channel.CreateUnbounded<TDown>();
    readonly CancellationToken _cancellation;
    bool _dead;

    /// <param name="line">The client's.</param>
    /// <param name="clock">The simulation's.</param>
    /// <param name="serve">Begins the coordinator's session when the call arrives; null where nobody is there.</param>
    /// <param name="cancellation">The client's.</param>
    public Call(Line line, SimulatedClock clock, Func<CancellationToken, (ServerSeam.IMessageStream<TDown, TUp>, Action)?> serve, CancellationToken cancellation)
    {
        (_line, _clock, _cancellation) = (line, clock, cancellation);
        var server = new CancellationTokenSource();
        (_server, _endServer) = (server.Token, server.Cancel);
        _clock.At(_line.Up.Send(0).Arrives, () => Serve(serve));
    }

    /// <summary>The call is over for the client.</summary>
    public event Action? Ended;

    public async Task SendAsync(TUp message, CancellationToken cancellation)
    {
        if (_dead)
            throw new LinkException(LinkFailure.Unavailable, "The call has ended.");
        var (left, arrives) = _line.Up.Send(message.CalculateSize());
        _clock.At(arrives, () => _arrivedUp.Writer.TryWrite(message));
        await LeaveAsync(left, cancellation);
    }

    public Task CompleteAsync()
    {
        _clock.At(_line.Up.Send(0).Arrives, () => _arrivedUp.Writer.TryComplete());
        return Task.CompletedTask;
    }

    public async Task<TDown?> ReceiveAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_cancellation, cancellation);
        return await _arrivedDown.Reader.WaitToReadAsync(either.Token) && _arrivedDown.Reader.TryRead(out var message) ? message : null;
    }

    public ValueTask DisposeAsync()
    {
        if (!_dead)
            _clock.At(_line.Up.Send(0).Arrives, _endServer);
        End(null);
        return ValueTask.CompletedTask;
    }

    public void Break(string why, bool silent)
    {
        _dead = true;
        if (silent)
            return;
        End(new LinkException(LinkFailure.Unavailable, why));
        _endServer();
    }

    void End(Exception? error)
    {
        _dead = true;
        _arrivedDown.Writer.TryComplete(error);
        Ended?.Invoke();
    }

    void Serve(Func<CancellationToken, (ServerSeam.IMessageStream<TDown, TUp>, Action)?> serve)
    {
        if (_dead)
            return;
        if (serve(_server) is not var (stream, complete))
        {
            _clock.At(_line.Down.Send(0).Arrives, () => End(new LinkException(LinkFailure.Unavailable, "The coordinator is not there.")));
            return;
        }
        _ = UpAsync(stream, complete);
        _ = DownAsync(stream);
    }

    async Task UpAsync(ServerSeam.IMessageStream<TDown, TUp> stream, Action complete)
    {
        try
        {
            while (await _arrivedUp.Reader.WaitToReadAsync(_server))
            {
                while (_arrivedUp.Reader.TryRead(out var message))
                {
                    if (!_dead)
                        await stream.WriteAsync(message, _server);
                }
            }
            complete();
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // The coordinator's session has ended; what it said last is on its way down.
        }
    }

    async Task DownAsync(ServerSeam.IMessageStream<TDown, TUp> stream)
    {
        Exception? error = null;
        try
        {
            while (await stream.ReadAsync(CancellationToken.None) is { } message)
            {
                var (left, arrives) = _line.Down.Send(message.CalculateSize());
                if (!_dead)
                    _clock.At(arrives, () => _arrivedDown.Writer.TryWrite(message));
                await LeaveAsync(left, CancellationToken.None);
            }
        }
        catch (Exception e)
        {
            error = (e as RpcException ?? e.InnerException as RpcException) is { } rpc
                ? GrpcFailures.ToLink(rpc) : new LinkException(LinkFailure.Unavailable, "The coordinator ended the call.", e);
        }
        if (!_dead)
            _clock.At(_line.Down.Send(0).Arrives, () => End(error));
    }

    /// <summary>A sender waits until its message has left, as it would for a full socket.</summary>
    Task LeaveAsync(long left, CancellationToken cancellation) =>
        left > _clock.GetTimestamp() ? Task.Delay(TimeSpan.FromTicks(left - _clock.GetTimestamp()), _clock, cancellation) : Task.CompletedTask;
}
