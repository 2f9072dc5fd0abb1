using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>The request stream of a call.</summary>
sealed class RequestWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call) : IClientStreamWriter<TRequest>
    where TRequest : class where TResponse : class
{
    public WriteOptions? WriteOptions { get; set; } = call.WriteOptions;

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    /// <summary>Cancelling a write cancels the call: a part of the message may have been sent.</summary>
    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var registration = cancellationToken.UnsafeRegister(static state => ((ClientCall<TRequest, TResponse>)state!).Cancel(), call);
        await call.WriteAsync(message, WriteOptions);
    }

    public Task CompleteAsync()
    {
        call.CompleteRequests();
        return Task.CompletedTask;
    }
}
