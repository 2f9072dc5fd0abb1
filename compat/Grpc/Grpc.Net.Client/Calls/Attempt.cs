using System.IO.Pipelines;
using System.Net.Http.Headers;
using Grpc.Core.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>One HTTP/2 exchange of a call. Ending it resets the stream unless both sides have ended it.</summary>
sealed class Attempt
{
    static readonly StreamPipeReaderOptions ReaderOptions = new(bufferSize: 64 * 1024, useZeroByteReads: true);

    readonly CancellationTokenSource _cancellation;
    readonly RequestContent _content;
    HttpResponseMessage? _response;
    PipeReader? _body;

    public Attempt(RequestBuffer requests, CancellationToken call)
    {
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(call);
        _content = new RequestContent(requests, _cancellation.Token);
    }

    public Task<Exception?> RequestOutcome => _content.Outcome;

    public HttpHeaders Trailers => _response!.TrailingHeaders;

    public async Task<HttpResponseMessage> SendAsync(GrpcChannel channel, HttpRequestMessage request)
    {
        request.Content = _content;
        return _response = await channel.SendAsync(request, _cancellation.Token);
    }

    public async Task<MessageDecoder> OpenAsync(GrpcChannel channel)
    {
        _body = PipeReader.Create(await _response!.Content.ReadAsStreamAsync(_cancellation.Token), ReaderOptions);
        var encoding = _response.Headers.TryGetValues(WireHeaders.Encoding, out var values) ? string.Join(',', values) : null;
        return new MessageDecoder(_body, channel.Options.MaxReceiveMessageSize, encoding, channel.Compressions);
    }

    public async Task EndAsync()
    {
        await _cancellation.CancelAsync();
        await (_body?.CompleteAsync() ?? ValueTask.CompletedTask);
        _response?.Dispose();
        await _content.Outcome;
        _content.Dispose();
        _cancellation.Dispose();
    }
}
