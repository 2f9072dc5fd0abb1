namespace Federated.Server.Operator;

static partial class OperatorLog
{
    [LoggerMessage(EventId = 400, EventName = "RequestFailed", Level = LogLevel.Error, Message = "{Method} {Path} failed unexpectedly.")]
    public static partial void RequestFailed(this ILogger logger, string method, string path, Exception exception);
}
