using System.Net;
using System.Net.Http.Headers;
using Grpc.Core.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>The HTTP request body of one attempt.</summary>
sealed class RequestContent : HttpContent
{
    readonly RequestBuffer _requests;
    readonly CancellationToken _attempt;

    public RequestContent(RequestBuffer requests, CancellationToken attempt)
    {
        (_requests, _attempt) = (requests, attempt);
        Headers.ContentType = new MediaTypeHeaderValue(WireHeaders.ContentType);
    }

    /// <summary>Ends, with what went wrong or null, when nothing of this attempt touches the request buffers any more; never faults.</summary>
    public Task<Exception?> Outcome { get; private set; } = Task.FromResult<Exception?>(null);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var writing = _requests.PumpAsync(stream, _attempt);
        Outcome = ObserveAsync(writing);
        return writing;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }

    static async Task<Exception?> ObserveAsync(Task writing)
    {
        try
        {
            await writing;
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
