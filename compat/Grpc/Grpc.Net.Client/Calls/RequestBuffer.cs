using Grpc.Core;
using Grpc.Core.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>
/// The request messages of one call between the writer and the HTTP request body. A write ends when its frame has been handed to HTTP/2, which
/// waits for the peer's flow-control window: at most one frame is pending. Until the call is committed, frames stay for replay by a retry.
/// </summary>
sealed class RequestBuffer(long retainLimit)
{
    readonly Lock _gate = new();
    readonly List<PooledBuffer> _frames = [];
    long _first;            // number of _frames[0]
    long _written;          // frames written by the furthest attempt
    long _retained;         // bytes in _frames
    bool _completed;
    Exception? _failure;
    TaskCompletionSource _changed = NewSignal();
    TaskCompletionSource? _pendingWrite;

    /// <summary>No retry can follow: frames are released once written.</summary>
    public bool IsCommitted { get; private set; }

    public Task WriteAsync(PooledBuffer frame)
    {
        lock (_gate)
        {
            if (_failure is not null || _completed || _pendingWrite is { Task.IsCompleted: false })
            {
                frame.Dispose();
                return Task.FromException(_failure ?? new InvalidOperationException(_completed
                    ? "Can't write the message because the client stream writer is complete."
                    : "Can't write the message because the previous write is in progress."));
            }
            _frames.Add(frame);
            _retained += frame.WrittenCount;
            if (_retained > retainLimit)
                CommitLocked();
            _pendingWrite = NewSignal();
            Signal();
            return _pendingWrite.Task;
        }
    }

    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Signal();
        }
    }

    public void Commit()
    {
        lock (_gate)
            CommitLocked();
    }

    /// <summary>Ends every later write with this error, and the pump; a frame that it is writing may still get through.</summary>
    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
            Signal();
        }
    }

    /// <summary>Writes all frames, from the first, to a request body; returns when the stream of requests is complete.</summary>
    public async Task PumpAsync(Stream body, CancellationToken cancellation)
    {
        // HttpClient sends the request headers with the first flush; a server may answer before the first message.
        await body.FlushAsync(cancellation);
        for (long number = 0; await NextAsync(number, cancellation) is { } frame; number++)
        {
            await body.WriteAsync(frame.WrittenMemory, cancellation);
            await body.FlushAsync(cancellation);
            Acknowledge(number);
        }
    }

    /// <summary>Ends the pending write too, and returns the buffers; only after the last pump has ended.</summary>
    public void Release(Exception failure)
    {
        Fail(failure);
        lock (_gate)
        {
            _pendingWrite?.TrySetException(_failure!);
            // The request of a unary call is written by nobody who waits for it.
            _ = _pendingWrite?.Task.Exception;
            Drop(_frames.Count);
        }
    }

    async ValueTask<PooledBuffer?> NextAsync(long number, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_failure is not null)
                    throw new OperationCanceledException("The call has ended.", _failure);
                if (number < _first)
                    throw new RpcException(new Status(StatusCode.Unavailable, "The server refused the stream after messages of it had been sent and released."));
                if (number < _first + _frames.Count)
                    return _frames[(int)(number - _first)];
                if (_completed)
                    return null;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellation);
        }
    }

    void Acknowledge(long number)
    {
        lock (_gate)
        {
            _written = Math.Max(_written, number + 1);
            if (IsCommitted)
                CommitLocked();
            if (number + 1 == _first + _frames.Count)
                _pendingWrite?.TrySetResult();
        }
    }

    void CommitLocked()
    {
        IsCommitted = true;
        Drop((int)Math.Max(0, _written - _first));
    }

    void Drop(int count)
    {
        foreach (var frame in _frames.Take(count))
        {
            _retained -= frame.WrittenCount;
            frame.Dispose();
        }
        _frames.RemoveRange(0, count);
        _first += count;
    }

    void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
