using System.Threading.Channels;

namespace Federated.Server.Transport.Seam;

/// <summary>Both ends of a stream inside one process, bounded like a network.</summary>
sealed class InProcessStream<TClient, TServer> where TClient : class where TServer : class
{
    const int Window = 64;

    readonly Channel<TClient> _up = Channel.CreateBounded<TClient>(Window);
    readonly Channel<TServer> _down = Channel.CreateBounded<TServer>(Window);

    public InProcessStream()
    {
        Server = new End<TClient, TServer>(_up.Reader, _down.Writer);
        Client = new End<TServer, TClient>(_down.Reader, _up.Writer);
    }

    public IMessageStream<TClient, TServer> Server { get; }

    public IMessageStream<TServer, TClient> Client { get; }

    /// <summary>The client has said its last.</summary>
    public void CompleteClient() => _up.Writer.TryComplete();

    /// <summary>The server's method has returned or failed.</summary>
    public void CompleteServer(Exception? error = null) => _down.Writer.TryComplete(error);

    sealed class End<TIn, TOut>(ChannelReader<TIn> reader, ChannelWriter<TOut> writer) : IMessageStream<TIn, TOut> where TIn : class
    {
        public async Task<TIn?> ReadAsync(CancellationToken stopping)
        {
            while (await reader.WaitToReadAsync(stopping))
            {
                if (reader.TryRead(out var message))
                    return message;
            }
            return null;
        }

        public Task WriteAsync(TOut message, CancellationToken stopping) => writer.WriteAsync(message, stopping).AsTask();
    }
}
