using System.Runtime.CompilerServices;
using Federated.Client.Transport;
using Federated.Protos.V1;

namespace Federated.Cli.Simulation.Network;

/// <summary>One client's line: carries its calls to the coordinator's sessions, with the delays of <see cref="Wire"/>, and breaks on command.</summary>
sealed class Line(SimulatedServer server, string token, LineSettings settings, SimulatedClock clock, Random random) : ICoordinatorTransport
{
    readonly HashSet<ICall> _calls = [];

    public string Peer => "the coordinator";

    public Wire Up { get; } = new(settings, settings.UpKiBps * 1024, clock, random);

    public Wire Down { get; } = new(settings, settings.DownKiBps * 1024, clock, random);

    public IMessageStream<ClientMessage, ServerMessage> Connect(CancellationToken cancellation) => Open<ClientMessage, ServerMessage>(
        stopping => server.Transport is { } transport ? (transport.Connect(token, stopping), () => { }) : null, cancellation);

    public IMessageStream<UploadFrame, UploadReply> Upload(CancellationToken cancellation) => Open<UploadFrame, UploadReply>(
        stopping => server.Transport is { } transport ? (transport.Upload(token, out var complete, stopping), complete) : null, cancellation);

    public async IAsyncEnumerable<BlobChunk> Download(DownloadRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var call = Open<DownloadRequest, BlobChunk>(
            stopping => server.Transport is { } transport ? (new DownloadAnswer(transport, token, stopping), () => { }) : null, cancellation);
        await call.SendAsync(request, cancellation);
        while (await call.ReceiveAsync(cancellation) is { } chunk)
            yield return chunk;
    }

    /// <summary>Breaks every call: both sides see a reset, or neither sees anything.</summary>
    public void Break(string why, bool silent)
    {
        foreach (var call in _calls.ToArray())
            call.Break(why, silent);
        _calls.Clear();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    Call<TUp, TDown> Open<TUp, TDown>(Func<CancellationToken, (Federated.Server.Transport.Seam.IMessageStream<TDown, TUp>, Action)?> serve, CancellationToken cancellation)
        where TUp : class, Google.Protobuf.IMessage where TDown : class, Google.Protobuf.IMessage
    {
        var call = new Call<TUp, TDown>(this, clock, serve, cancellation);
        _calls.Add(call);
        call.Ended += () => _calls.Remove(call);
        return call;
    }
}
