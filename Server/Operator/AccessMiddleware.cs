using Federated.Server.Faults;
using Federated.Server.Identity;
using Federated.Server.Rounds;

namespace Federated.Server.Operator;

/// <summary>Lets a REST call through if its caller is who it says, sends not too much, and has the role that the route needs.</summary>
sealed class AccessMiddleware(ApiKeys keys, OperatorOptions options, RequestRates rates) : IMiddleware
{
    public const string Cookie = "federated_key";
    const string Scheme = "Bearer ";

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // Calls of clients have their own rim.
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true)
            return next(context);
        OriginGuard.Check(context.Request, options.LoopbackOnly);
        if (context.GetEndpoint()?.Metadata.GetMetadata<RouteRule>() is not { } rule)
            return context.GetEndpoint() is RouteEndpoint && context.Request.Path.StartsWithSegments("/api")
                ? throw new InvalidOperationException("A route under /api declares no rule, so nobody may call it.")
                : next(context);
        context.Response.Headers.XContentTypeOptions = "nosniff";
        rates.Take(context.Connection.RemoteIpAddress?.ToString() ?? "");
        var caller = Authenticate(context, rule);
        if (caller.Role < rule.Role)
            throw caller.Role == Role.Anyone
                ? new FaultException(Fault.KeyMissing, "The call needs an API key: Authorization: Bearer fedkey_...")
                : new FaultException(Fault.RoleMissing, $"The call needs the role {Text(rule.Role)}; the key has the role {Text(caller.Role)}.");
        CheckRuns(context, caller, rule);
        context.Features.Set(caller);
        return next(context);
    }

    Caller Authenticate(HttpContext context, RouteRule rule)
    {
        // A route for anyone must not fail because of a cookie that has expired.
        if (rule.Role == Role.Anyone)
            return Caller.Anyone;
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length > 0)
            return keys.Authenticate(header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "");
        if (context.Request.Cookies[Cookie] is { Length: > 0 } cookie)
            return keys.Authenticate(cookie);
        return options.RequireKeys ? Caller.Anyone : Caller.Loopback;
    }

    static void CheckRuns(HttpContext context, Caller caller, RouteRule rule)
    {
        if (caller.Runs is null || rule.OpenToLimitedKeys)
            return;
        if (rule.Run is not { } parameter || !caller.MaySee(context.Request.RouteValues[parameter] as string ?? ""))
            throw new FaultException(Fault.RoleMissing, "The key is limited to other runs.");
    }

    static string Text(Role role) => role.ToString().ToLowerInvariant();
}
