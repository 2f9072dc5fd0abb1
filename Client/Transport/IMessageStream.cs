namespace Federated.Client.Transport;

/// <summary>Two directions of messages over one call; the seam that gRPC and the in-process transport implement.</summary>
/// <remarks>One sender and one receiver at a time. Failures are <see cref="LinkException"/>.</remarks>
public interface IMessageStream<in TSend, TReceive> : IAsyncDisposable
    where TReceive : class
{
    Task SendAsync(TSend message, CancellationToken cancellation);

    /// <summary>Says that nothing more will be sent; receiving goes on.</summary>
    Task CompleteAsync();

    /// <summary>The next message, or null when the other side has ended the call well.</summary>
    Task<TReceive?> ReceiveAsync(CancellationToken cancellation);
}
