using Grpc.Core;
using Grpc.Core.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Calls;

sealed partial class ServerCall
{
    const int Http2NoError = 0;

    readonly CancellationTokenSource? _deadline;
    readonly TaskCompletionSource _deadlinePassed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile bool _isEnded;

    /// <summary>Completes when the client's deadline has passed; never, when there is none.</summary>
    public Task DeadlinePassed => _deadlinePassed.Task;

    public void Fail(Status status, Metadata trailers)
    {
        foreach (var entry in trailers)
            _trailers.Add(entry);
        _status = status;
    }

    /// <summary>Sends the status. A handler that still runs can write no more.</summary>
    public async Task EndAsync(bool isHandlerRunning)
    {
        await _output.WaitAsync();
        _isEnded = true;
        _output.Release();
        if (Http.RequestAborted.IsCancellationRequested)
            return;
        var isOverdue = DeadlinePassed.IsCompleted && (isHandlerRunning || _status.StatusCode != StatusCode.OK);
        ServerResponse.SetStatus(Http, isOverdue ? new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded") : _status, _trailers);
        if (!isHandlerRunning)
            return;
        await Http.Response.CompleteAsync();
        Http.Features.Get<IHttpResetFeature>()?.Reset(Http2NoError);
    }

    // The token of a call that ended in time stays as it is: to the handler, cancelled means given up.
    public void Dispose()
    {
        _deadline?.Dispose();
        _output.Dispose();
    }

    (DateTime Deadline, CancellationTokenSource? Source) StartDeadline()
    {
        if (!TimeoutHeader.TryDecode(HeaderOrNull(WireHeaders.Timeout), out var timeout) || timeout > TimeoutHeader.LongestTimer)
            return (DateTime.MaxValue, null);
        var source = CancellationTokenSource.CreateLinkedTokenSource(Http.RequestAborted);
        source.Token.UnsafeRegister(static state => ((ServerCall)state!).OnDeadlineToken(), this);
        source.CancelAfter(timeout);
        return (DateTime.UtcNow + timeout, source);
    }

    void OnDeadlineToken()
    {
        if (!_isEnded && !Http.RequestAborted.IsCancellationRequested)
            _deadlinePassed.TrySetResult();
    }
}
