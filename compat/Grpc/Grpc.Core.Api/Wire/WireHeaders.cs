namespace Grpc.Core.Wire;

/// <summary>Header names and fixed values of gRPC over HTTP/2.</summary>
static class WireHeaders
{
    public const string ContentType = "application/grpc";
    public const string Timeout = "grpc-timeout";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string PreviousAttempts = "grpc-previous-rpc-attempts";
    public const string RetryPushback = "grpc-retry-pushback-ms";
    public const string Identity = "identity";

    /// <summary>Metadata key by which either side asks for a compression of its own messages in one call; it is not sent.</summary>
    public const string RequestedEncoding = "grpc-internal-encoding-request";

    /// <summary>4 MiB: the largest message received unless a setting says otherwise.</summary>
    public const int DefaultMaxReceiveSize = 4 * 1024 * 1024;

    public static bool IsGrpc(string? contentType) =>
        contentType is not null && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');

    /// <summary>Headers of the protocol itself, which applications do not see as metadata.</summary>
    public static bool IsReserved(string name) => name.StartsWith(':') || name.ToLowerInvariant()
        is Status or Message or Encoding or AcceptEncoding or "content-type" or "content-encoding";
}
