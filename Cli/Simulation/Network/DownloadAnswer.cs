using System.Threading.Channels;
using Federated.Protos.V1;
using Federated.Server.Transport.Seam;

namespace Federated.Cli.Simulation.Network;

/// <summary>A download, whose request is one message and whose answer is many, in the shape of the other calls.</summary>
sealed class DownloadAnswer(InProcessTransport transport, string token, CancellationToken stopping) : IMessageStream<BlobChunk, DownloadRequest>
{
    const int Window = 4;

    // Whoever waits for room goes on where room is made: on the pool it would have left the simulation.
    readonly Channel<BlobChunk> _chunks = Channel.CreateBounded<BlobChunk>(new BoundedChannelOptions(Window) { AllowSynchronousContinuations = true });

    public async Task<BlobChunk?> ReadAsync(CancellationToken cancellation) =>
        await _chunks.Reader.WaitToReadAsync(cancellation) && _chunks.Reader.TryRead(out var chunk) ? chunk : null;

    public Task WriteAsync(DownloadRequest message, CancellationToken cancellation)
    {
        _ = AnswerAsync(message);
        return Task.CompletedTask;
    }

    async Task AnswerAsync(DownloadRequest request)
    {
        try
        {
            await transport.DownloadAsync(request, token, chunk => _chunks.Writer.WriteAsync(chunk, stopping).AsTask(), stopping);
            _chunks.Writer.TryComplete();
        }
        catch (Exception e)
        {
            _chunks.Writer.TryComplete(e);
        }
    }
}
