using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client.Calls;

static partial class ClientLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Call {Method} ended with {StatusCode}: {Detail}")]
    public static partial void CallEnded(this ILogger logger, string method, StatusCode statusCode, string detail);

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "Attempt {Attempt} of {Method} failed with {StatusCode}; the next follows in {Delay}.")]
    public static partial void Retrying(this ILogger logger, int attempt, string method, StatusCode statusCode, TimeSpan delay);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "The call credentials of {Method} were not sent: the connection has no TLS.")]
    public static partial void CredentialsNotSent(this ILogger logger, string method);
}
