using System.Net;
using System.Net.Http.Headers;
using Grpc.Core.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>The HTTP request body of one attempt.</summary>
sealed class RequestContent : HttpContent
{
    readonly RequestBuffer _requests;
    readonly Action<Exception> _onFailure;
    readonly CancellationToken _attempt;

    public RequestContent(RequestBuffer requests, Action<Exception> onFailure, CancellationToken attempt)
    {
        (_requests, _onFailure, _attempt) = (requests, onFailure, attempt);
        Headers.ContentType = new MediaTypeHeaderValue(WireHeaders.ContentType);
    }

    /// <summary>Ends when nothing of this attempt touches the request buffers any more; never faults.</summary>
    public Task Pump { get; private set; } = Task.CompletedTask;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var writing = _requests.PumpAsync(stream, _attempt);
        Pump = ObserveAsync(writing);
        return writing;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }

    async Task ObserveAsync(Task writing)
    {
        try
        {
            await writing;
        }
        catch (Exception error)
        {
            _onFailure(error);
        }
    }
}
