namespace Grpc.Core;

/// <summary>Options of one call. The deadline is UTC; no deadline means no limit.</summary>
public struct CallOptions(
    Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default,
    WriteOptions? writeOptions = null, ContextPropagationToken? propagationToken = null, CallCredentials? credentials = null)
{
    public Metadata? Headers { get; private set; } = headers;

    public DateTime? Deadline { get; private set; } = deadline;

    public CancellationToken CancellationToken { get; private set; } = cancellationToken;

    public WriteOptions? WriteOptions { get; private set; } = writeOptions;

    public ContextPropagationToken? PropagationToken { get; private set; } = propagationToken;

    public CallCredentials? Credentials { get; private set; } = credentials;

    public CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    public CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    public CallOptions WithCancellationToken(CancellationToken cancellationToken) => this with { CancellationToken = cancellationToken };

    public CallOptions WithWriteOptions(WriteOptions writeOptions) => this with { WriteOptions = writeOptions };

    public CallOptions WithPropagationToken(ContextPropagationToken propagationToken) => this with { PropagationToken = propagationToken };

    public CallOptions WithCredentials(CallCredentials credentials) => this with { Credentials = credentials };
}
