namespace Grpc.Core;

/// <summary>What the four call types share: headers, status, trailers and disposal of the call behind them.</summary>
sealed class CallHandle(Func<Task<Metadata>> headers, Func<Status> status, Func<Metadata> trailers, Action dispose)
{
    public CallHandle(Func<object, Task<Metadata>> headers, Func<object, Status> status, Func<object, Metadata> trailers, Action<object> dispose, object state)
        : this(() => headers(state), () => status(state), () => trailers(state), () => dispose(state)) { }

    public Task<Metadata> Headers => headers();

    public Status Status => status();

    public Metadata Trailers => trailers();

    public void Dispose() => dispose();
}
