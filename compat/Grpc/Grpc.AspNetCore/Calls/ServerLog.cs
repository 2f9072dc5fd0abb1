using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

static partial class ServerLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Call of {Method} ended with {StatusCode}: {Detail}")]
    public static partial void CallRefused(this ILogger logger, string method, StatusCode statusCode, string detail, Exception? exception);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Call of {Method} was cancelled.")]
    public static partial void CallCancelled(this ILogger logger, string method);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "Handler of {Method} failed.")]
    public static partial void HandlerFailed(this ILogger logger, string method, Exception exception);
}
