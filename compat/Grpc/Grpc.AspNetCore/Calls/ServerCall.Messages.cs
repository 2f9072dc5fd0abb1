using Grpc.Core;
using Grpc.Core.Wire;
using Grpc.Net.Compression;

namespace Grpc.AspNetCore.Server.Calls;

sealed partial class ServerCall
{
    readonly MessageDecoder _requests;
    readonly SemaphoreSlim _output = new(1);
    ICompressionProvider? _compression;

    /// <summary>The next request, or null at the end of the stream.</summary>
    public async Task<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellation) where T : class
    {
        if (_isEnded)
            throw new InvalidOperationException("Can't read messages after the request is complete.");
        using var either = cancellation.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellation, CancellationToken) : null;
        return await _requests.ReadAsync(marshaller, either?.Token ?? CancellationToken);
    }

    public async Task<T> ReadSingleAsync<T>(Marshaller<T> marshaller) where T : class
    {
        var message = await ReadAsync(marshaller, CancellationToken.None)
            ?? throw new RpcException(new Status(StatusCode.Internal, "Incomplete message."));
        return await ReadAsync(marshaller, CancellationToken.None) is null
            ? message
            : throw new RpcException(new Status(StatusCode.Internal, "Additional data after the message received."));
    }

    public async Task WriteSingleAsync<T>(Marshaller<T> marshaller, T? message) where T : class
    {
        if (message is null)
            throw new RpcException(new Status(StatusCode.Cancelled, "No message returned from method."));
        // A handler that set a failing status and still returned has refused the call.
        if (_status.StatusCode == StatusCode.OK)
            await WriteAsync(marshaller, message, WriteOptions, CancellationToken.None);
    }

    public async Task WriteAsync<T>(Marshaller<T> marshaller, T message, WriteOptions? options, CancellationToken cancellation) where T : class
    {
        var isPlain = (options?.Flags & WriteFlags.NoCompress) == WriteFlags.NoCompress;
        using var frame = _settings.Encoder.Encode(marshaller, message, isPlain ? null : _compression, _settings.Options.ResponseCompressionLevel);
        using var either = cancellation.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellation, CancellationToken) : null;
        var token = either?.Token ?? CancellationToken;
        await _output.WaitAsync(token);
        try
        {
            if (_isEnded)
                throw new InvalidOperationException("Can't write the message because the request is complete.");
            token.ThrowIfCancellationRequested();
            if ((await Http.Response.BodyWriter.WriteAsync(frame.WrittenMemory, token)).IsCompleted)
                throw new OperationCanceledException("Request aborted while sending the message.");
        }
        finally
        {
            _output.Release();
        }
    }

    /// <summary>Compresses responses if this is an algorithm that both sides have.</summary>
    void ChooseCompression(string? algorithm)
    {
        var accepted = HeaderOrNull(WireHeaders.AcceptEncoding)?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        _compression = accepted.Contains(algorithm) ? _settings.FindCompression(algorithm) : null;
        if (_compression is not null)
            Http.Response.Headers[WireHeaders.Encoding] = _compression.EncodingName;
    }
}
