using Grpc.Core;
using Grpc.Core.Wire;
using Grpc.Net.Compression;

namespace Grpc.Net.Client.Calls;

/// <summary>
/// One call of any shape. It ends exactly once, by <see cref="Finish"/>, from whichever comes first: trailers, a broken stream, the deadline,
/// cancellation or disposal; everything that waits on the call then sees that status.
/// </summary>
sealed partial class ClientCall<TRequest, TResponse> : IDisposable
    where TRequest : class where TResponse : class
{
    readonly GrpcChannel _channel;
    readonly Method<TRequest, TResponse> _method;
    readonly CallOptions _options;
    readonly CancellationTokenSource _cancellation = new();
    readonly CancellationToken _token;
    readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource<Status> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource<MessageDecoder?> _responses = new();
    readonly MessageEncoder _encoder;
    readonly RetrySchedule? _retries;
    readonly RequestBuffer _requests;
    Metadata _trailers = [];
    Attempt? _attempt;
    Exception? _failure;
    int _finished;

    public ClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, CallOptions options)
    {
        if (options.Deadline is { Kind: not DateTimeKind.Utc } deadline && deadline != DateTime.MaxValue && deadline != DateTime.MinValue)
            throw new InvalidOperationException("Deadline must have a kind DateTimeKind.Utc or be equal to DateTime.MaxValue or DateTime.MinValue.");
        (_channel, _method, _options) = (channel, method, options);
        _token = _cancellation.Token;
        _encoder = new MessageEncoder(channel.Options.MaxSendMessageSize);
        var policy = channel.RetryPolicyFor(method);
        policy?.Validate();
        _retries = policy is null ? null : new RetrySchedule(policy, channel.Options.MaxRetryAttempts);
        // Without a policy HttpClient still repeats a request whose stream the server refused; a single message is kept for that.
        var unpolicedLimit = method.Type is MethodType.Unary or MethodType.ServerStreaming ? long.MaxValue : 0;
        _requests = new RequestBuffer(policy is null ? unpolicedLimit : channel.Options.MaxRetryBufferPerCallSize ?? long.MaxValue);
    }

    bool HasSingleResponse => _method.Type is MethodType.Unary or MethodType.ClientStreaming;

    public WriteOptions? WriteOptions => _options.WriteOptions;

    public Task<Metadata> HeadersAsync => _headers.Task;

    public Status GetStatus() => _ended.Task.IsCompletedSuccessfully
        ? _ended.Task.Result
        : throw new InvalidOperationException("Unable to get the status because the call is not complete.");

    public Metadata GetTrailers() => _ended.Task.IsCompletedSuccessfully
        ? _trailers
        : throw new InvalidOperationException("Can't get the call trailers because the call has not completed successfully.");

    public void Cancel() => Finish(new Status(StatusCode.Cancelled, "Call canceled by the client."), isLocal: true);

    public void Dispose() => Finish(new Status(StatusCode.Cancelled, "gRPC call disposed."), isLocal: true);

    /// <param name="request">The only request, or null where a stream of them follows.</param>
    public void Start(TRequest? request)
    {
        _channel.Register(this);
        if (request is not null)
            Enqueue(request);
        _ = SuperviseAsync();
        _ = RunAsync();
    }

    public async Task WriteAsync(TRequest message, WriteOptions? options)
    {
        if (_failure is not null)
            throw _failure;
        await _requests.WriteAsync(Encode(message, options));
    }

    public void CompleteRequests() => _requests.Complete();

    void Enqueue(TRequest request)
    {
        try
        {
            _ = _requests.WriteAsync(Encode(request, WriteOptions));
            _requests.Complete();
        }
        catch (Exception error)
        {
            Finish(StatusMapping.FromException("Error starting gRPC call.", error));
        }
    }

    PooledBuffer Encode(TRequest message, WriteOptions? options) => _encoder.Encode(
        _method.RequestMarshaller, message, (options?.Flags & WriteFlags.NoCompress) == WriteFlags.NoCompress ? null : FindCompression());

    ICompressionProvider? FindCompression()
    {
        var name = _options.Headers?.GetValue(WireHeaders.RequestedEncoding);
        return name is null or WireHeaders.Identity ? null : _channel.Compressions.FirstOrDefault(provider => provider.EncodingName == name)
            ?? throw new InvalidOperationException($"Could not find compression provider for '{name}'.");
    }

    /// <summary>Watches deadline and cancellation, and releases everything once the call has ended.</summary>
    async Task SuperviseAsync()
    {
        using (_options.CancellationToken.UnsafeRegister(static state => ((ClientCall<TRequest, TResponse>)state!).Cancel(), this))
        using (StartDeadline())
            await _ended.Task;
        await _responses.Task;
        if (_attempt is not null)
            await _attempt.EndAsync();
        _requests.Release(_failure!);
        _channel.Unregister(this);
    }

    Timer? StartDeadline()
    {
        if (_options.Deadline is not { } deadline || deadline == DateTime.MaxValue)
            return null;
        var remaining = deadline - DateTime.UtcNow;
        if (remaining <= TimeSpan.Zero)
            FinishOverdue();
        return remaining <= TimeSpan.Zero || remaining > TimeoutHeader.LongestTimer
            ? null
            : new Timer(static state => ((ClientCall<TRequest, TResponse>)state!).FinishOverdue(), this, remaining, Timeout.InfiniteTimeSpan);
    }

    void FinishOverdue() => Finish(new Status(StatusCode.DeadlineExceeded, ""), isLocal: true);

    void Finish(Status status, bool isLocal = false)
    {
        if (Interlocked.Exchange(ref _finished, 1) == 1)
            return;
        _failure = status.StatusCode == StatusCode.OK
            ? new InvalidOperationException("Can't write the message because the call is complete.")
            : new RpcException(status, _trailers);
        if (isLocal && _channel.Options.ThrowOperationCanceledOnCancellation)
            _failure = new OperationCanceledException(status.Detail, _failure, _options.CancellationToken);
        _channel.Logger.CallEnded(_method.FullName, status.StatusCode, status.Detail);
        _ended.TrySetResult(status);
        _requests.Fail(_failure);
        if (_headers.TrySetException(_failure))
            _ = _headers.Task.Exception;
        _cancellation.Cancel();
        _cancellation.Dispose();
    }
}
