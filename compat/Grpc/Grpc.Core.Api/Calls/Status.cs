namespace Grpc.Core;

/// <summary>Outcome of a call. <see cref="DebugException"/> is local information and is never sent to the peer.</summary>
public struct Status(StatusCode statusCode, string detail, Exception? debugException)
{
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    public Status(StatusCode statusCode, string detail) : this(statusCode, detail, null) { }

    public StatusCode StatusCode { get; } = statusCode;

    public string Detail { get; } = detail;

    public Exception? DebugException { get; } = debugException;

    public override string ToString()
    {
        var cause = DebugException is null ? "" : $", DebugException=\"{DebugException.GetType()}: {DebugException.Message}\"";
        return $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\"{cause})";
    }
}
