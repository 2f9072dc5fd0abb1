using Grpc.Core;
using Grpc.Core.Wire;

namespace Grpc.Net.Client.Calls;

sealed partial class ClientCall<TRequest, TResponse>
{
    /// <summary>The next response, or null at the end of the stream.</summary>
    /// <exception cref="RpcException">The call ended with a status other than OK.</exception>
    public async Task<TResponse?> ReadAsync()
    {
        var responses = await _responses.Task;
        if (responses is not null && !_ended.Task.IsCompleted)
            try
            {
                if (await responses.ReadAsync(_method.ResponseMarshaller, _token) is { } message)
                    return message;
                FinishByTrailers();
            }
            catch (Exception error)
            {
                FinishByError("Error reading next message.", error);
            }
        await ThrowUnlessOkAsync();
        return null;
    }

    public async Task<TResponse> ReadSingleAsync()
    {
        TResponse? message = null;
        if (await _responses.Task is { } responses)
            try
            {
                message = await responses.ReadAsync(_method.ResponseMarshaller, _token);
                if (message is not null && await responses.ReadAsync(_method.ResponseMarshaller, _token) is not null)
                    throw new RpcException(new Status(StatusCode.Internal, "Unexpected data after finished reading message."));
                FinishByTrailers(isMessageMissing: message is null);
            }
            catch (Exception error)
            {
                FinishByError("Error reading response.", error);
            }
        await ThrowUnlessOkAsync();
        return message!;
    }

    async Task RunAsync() => _responses.SetResult(await SendAsync());

    /// <summary>Sends the request, again where the retry policy says so, until response headers arrive. Never throws; null when the call has ended.</summary>
    async Task<MessageDecoder?> SendAsync()
    {
        try
        {
            for (var number = 1; !_ended.Task.IsCompleted; number++)
            {
                var attempt = _attempt = new Attempt(_requests, _token);
                var (status, trailers) = await TryAsync(attempt, number);
                if (status is null)
                {
                    _ = EndWriterWithRequestAsync(attempt);
                    return await attempt.OpenAsync(_channel);
                }
                if (_requests.IsCommitted || _retries?.Next(status.Value, number, trailers?.GetValue(WireHeaders.RetryPushback)) is not { } delay)
                {
                    FinishWithoutResponse(status.Value, trailers);
                    break;
                }
                _channel.Logger.Retrying(number, _method.FullName, status.Value.StatusCode, delay);
                await attempt.EndAsync();
                await Task.Delay(delay, _token);
            }
        }
        catch (Exception error)
        {
            FinishByError("Error starting gRPC call.", error);
        }
        return null;
    }

    /// <returns>The status that ended the attempt, null where a response stream began, and the trailers if the server sent the status.</returns>
    async Task<(Status? Status, Metadata? Trailers)> TryAsync(Attempt attempt, int number)
    {
        try
        {
            using var request = await CallRequest.CreateAsync(_channel, _method, _options, number, _token);
            var response = await attempt.SendAsync(_channel, request);
            var metadata = new Metadata();
            if (StatusMapping.Read(metadata, response.Headers) is { } status)
                return (status, metadata);
            if (StatusMapping.Check(response) is { } bad)
                return (bad, null);
            _requests.Commit();
            _headers.TrySetResult(metadata);
            return (null, null);
        }
        catch (Exception error) when (!_ended.Task.IsCompleted)
        {
            return (StatusOf("Error starting gRPC call.", error), null);
        }
    }

    /// <summary>Where the response is only a status, its headers are the trailers.</summary>
    void FinishWithoutResponse(Status status, Metadata? trailers)
    {
        if (trailers is not null)
        {
            _trailers = trailers;
            _headers.TrySetResult(trailers);
        }
        Finish(status.StatusCode == StatusCode.OK && HasSingleResponse
            ? new Status(StatusCode.Internal, "Failed to deserialize response message: the response has a status of OK and no message.")
            : status);
    }

    void FinishByTrailers(bool isMessageMissing = false)
    {
        var metadata = new Metadata();
        var status = StatusMapping.Read(metadata, _attempt!.Trailers) ?? new Status(StatusCode.Cancelled, "No grpc-status found on response.");
        _trailers = metadata;
        Finish(isMessageMissing && status.StatusCode == StatusCode.OK
            ? new Status(StatusCode.Internal, "Failed to deserialize response message: the response stream has a status of OK and no message.")
            : status);
    }

    void FinishByError(string context, Exception error)
    {
        if (!_ended.Task.IsCompleted)
            Finish(StatusOf(context, error));
    }

    // Both sides run the same deadline; when the server's fires first, the stream breaks just before our timer does.
    Status StatusOf(string context, Exception error) =>
        _options.Deadline <= DateTime.UtcNow ? new Status(StatusCode.DeadlineExceeded, "") : StatusMapping.FromException(context, error);

    async Task ThrowUnlessOkAsync()
    {
        if ((await _ended.Task).StatusCode != StatusCode.OK)
            throw _failure!;
    }

    // With one response, its reader learns the status and ends the writer with it; a stream of responses may have no reader at the moment.
    async Task EndWriterWithRequestAsync(Attempt attempt)
    {
        if (!HasSingleResponse && await attempt.RequestOutcome is { } error)
            _requests.Release(new RpcException(new Status(StatusCode.Cancelled, "Can't write the message: the server no longer reads requests.", error)));
    }
}
