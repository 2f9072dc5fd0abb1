namespace Grpc.Core;

/// <summary>A stream of messages to be read one after another; one read at a time.</summary>
public interface IAsyncStreamReader<out T>
{
    T Current { get; }

    Task<bool> MoveNext(CancellationToken cancellationToken);
}
