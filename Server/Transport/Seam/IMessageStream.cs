namespace Federated.Server.Transport.Seam;

/// <summary>
/// The seam between the product and whatever carries its messages: two streams of protobuf messages. gRPC implements it, and so does an
/// in-process pair. Reading and writing may go on at the same time, each by one caller.
/// </summary>
/// <typeparam name="TIn">What the other side says.</typeparam>
/// <typeparam name="TOut">What this side says.</typeparam>
interface IMessageStream<TIn, in TOut> where TIn : class
{
    /// <summary>The next message; null when the other side has said its last.</summary>
    Task<TIn?> ReadAsync(CancellationToken stopping);

    Task WriteAsync(TOut message, CancellationToken stopping);
}
