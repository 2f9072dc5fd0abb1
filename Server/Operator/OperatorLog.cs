namespace Federated.Server.Operator;

static partial class OperatorLog
{
    [LoggerMessage(EventId = 401, EventName = "StorageFailed", Level = LogLevel.Error, Message = "{Method} {Path}: the storage failed: {Reason}")]
    public static partial void StorageFailed(this ILogger logger, string method, string path, string reason);

    [LoggerMessage(EventId = 400, EventName = "RequestFailed", Level = LogLevel.Error, Message = "{Method} {Path} failed unexpectedly.")]
    public static partial void RequestFailed(this ILogger logger, string method, string path, Exception exception);
}
