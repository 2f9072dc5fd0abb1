namespace Federated.Server.Fleet;

static partial class FleetLog
{
    [LoggerMessage(EventId = 200, EventName = "ClientConnected", Level = LogLevel.Information, Message = "Client '{ClientId}' connected with {Software}, session {Session}.")]
    public static partial void ClientConnected(this ILogger logger, string clientId, string software, long session);

    [LoggerMessage(EventId = 201, EventName = "ClientDisconnected", Level = LogLevel.Information, Message = "Client '{ClientId}', session {Session}, disconnected: {Reason}")]
    public static partial void ClientDisconnected(this ILogger logger, string clientId, long session, string reason);

    [LoggerMessage(EventId = 202, EventName = "ClientSilent", Level = LogLevel.Information, Message = "Client '{ClientId}' was silent for {Seconds} s and is given up.")]
    public static partial void ClientSilent(this ILogger logger, string clientId, long seconds);

    [LoggerMessage(EventId = 203, EventName = "ClientRegistered", Level = LogLevel.Information, Message = "Client '{ClientId}' was seen for the first time; its token is registered.")]
    public static partial void ClientRegistered(this ILogger logger, string clientId);

    [LoggerMessage(EventId = 204, EventName = "TokenRefused", Level = LogLevel.Warning, Message = "A token other than the registered one was offered for client '{ClientId}'.")]
    public static partial void TokenRefused(this ILogger logger, string clientId);

    [LoggerMessage(EventId = 205, EventName = "RunJoined", Level = LogLevel.Information, Message = "Client '{ClientId}' joined run '{RunId}'.")]
    public static partial void RunJoined(this ILogger logger, string clientId, string runId);

    [LoggerMessage(EventId = 207, EventName = "HeartbeatFailed", Level = LogLevel.Error, Message = "A round of heartbeats failed; the next one follows.")]
    public static partial void HeartbeatFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 206, EventName = "JoinRefused", Level = LogLevel.Information, Message = "Client '{ClientId}' may not join run '{RunId}': {Code}: {Reason}")]
    public static partial void JoinRefused(this ILogger logger, string clientId, string runId, string code, string reason);
}
