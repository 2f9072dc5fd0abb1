namespace Federated.Server.Transport.Seam;

/// <summary>A message stream in our own words.</summary>
sealed class MappedStream<TIn, TOut, TWireIn, TWireOut>(IMessageStream<TWireIn, TWireOut> wire, Func<TWireIn, TIn> read, Func<TOut, TWireOut> write)
    : IMessageStream<TIn, TOut> where TIn : class where TWireIn : class
{
    /// <exception cref="Faults.FaultException">A message breaks a limit of docs/protocol.md; the stream may go on.</exception>
    public async Task<TIn?> ReadAsync(CancellationToken stopping) => await wire.ReadAsync(stopping) is { } message ? read(message) : null;

    public Task WriteAsync(TOut message, CancellationToken stopping) => wire.WriteAsync(write(message), stopping);
}
