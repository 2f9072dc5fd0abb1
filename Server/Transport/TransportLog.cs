namespace Federated.Server.Transport;

static partial class TransportLog
{
    [LoggerMessage(EventId = 300, EventName = "CallRefused", Level = LogLevel.Information, Message = "{Method} was refused: {Code}: {Reason}")]
    public static partial void CallRefused(this ILogger logger, string method, string code, string reason);

    [LoggerMessage(EventId = 301, EventName = "CallFailed", Level = LogLevel.Error, Message = "{Method} failed unexpectedly.")]
    public static partial void CallFailed(this ILogger logger, string method, Exception exception);

    [LoggerMessage(EventId = 302, EventName = "StorageFailed", Level = LogLevel.Error, Message = "{Method}: the storage failed: {Reason}")]
    public static partial void StorageFailed(this ILogger logger, string method, string reason);
}
