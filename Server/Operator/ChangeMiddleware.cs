using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Federated.Server.Faults;
using Federated.Server.Identity;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Operator;

/// <summary>
/// Around every call that changes something: its body is read within the limit, a repeated idempotency key is answered as before, and the
/// audit trail has the call before it is carried out, and the refusal if it comes to one.
/// </summary>
sealed class ChangeMiddleware(AuditTrail audit, IdempotencyKeys idempotency) : IMiddleware
{
    const string Header = "Idempotency-Key";

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RouteRule>() is not { } rule || HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }
        var body = rule.StreamsBody ? null : await RequestBody.BufferAsync(context.Request, context.RequestAborted);
        if (rule.AuditsItself)
            await next(context);
        else if (body is not null && HttpMethods.IsPost(context.Request.Method) && context.Request.Headers[Header].ToString() is { Length: > 0 } key)
            await OnceAsync(context, next, rule, key, body);
        else
            await AuditedAsync(context, next, body);
    }

    async Task OnceAsync(HttpContext context, RequestDelegate next, RouteRule rule, string key, byte[] body)
    {
        var actor = context.Caller().Name;
        if (await idempotency.BeginAsync(actor, key, Hash(context.Request, body), context.RequestAborted) is { } known)
        {
            await ReplayAsync(context, known);
            return;
        }
        var response = context.Response.Body;
        using var captured = new MemoryStream();
        context.Response.Body = captured;
        try
        {
            await AuditedAsync(context, next, body);
        }
        catch (FaultException)
        {
            await idempotency.EndAsync(actor, key, null);
            throw;
        }
        finally
        {
            context.Response.Body = response;
        }
        var kept = rule.AnswersSecret || captured.Length > IdempotencyKeys.MaxBody ? null : Encoding.UTF8.GetString(captured.GetBuffer(), 0, (int)captured.Length);
        await idempotency.EndAsync(actor, key, (context.Response.StatusCode, context.Response.Headers.Location, kept));
        captured.Position = 0;
        await captured.CopyToAsync(response, context.RequestAborted);
    }

    static async Task ReplayAsync(HttpContext context, IdempotencyRow known)
    {
        if (known.Body is null)
            throw new FaultException(Fault.AnswerNotKept, $"The request with this Idempotency-Key was carried out with status {known.Status}; its answer was not kept.");
        context.Response.StatusCode = known.Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers["Idempotency-Replayed"] = "true";
        if (known.Location is { } location)
            context.Response.Headers.Location = location;
        await context.Response.WriteAsync(known.Body, context.RequestAborted);
    }

    async Task AuditedAsync(HttpContext context, RequestDelegate next, byte[]? body)
    {
        // Asking whether a run would do changes nothing.
        if (context.Request.Query["validate"] == "true")
        {
            await next(context);
            return;
        }
        var (actor, action, subject) = (context.Caller().Name, Action(context), Subject(context.Request));
        await audit.AppendAsync(actor, action, subject, Detail(context.Request, body), [], context.RequestAborted);
        try
        {
            await next(context);
        }
        catch (Exception e) when (e is FaultException or BadHttpRequestException)
        {
            var refusal = e is FaultException fault ? fault.Refusal : ProblemMiddleware.Of((BadHttpRequestException)e);
            await audit.AppendAsync(actor, $"refused: {action}", subject, $"{refusal.Code}: {refusal.Message}", [], CancellationToken.None);
            throw;
        }
    }

    static string Action(HttpContext context) => $"{context.Request.Method} {((RouteEndpoint)context.GetEndpoint()!).RoutePattern.RawText}";

    static string Subject(HttpRequest request) => string.Join(' ', request.RouteValues.Where(v => v.Value is string).Select(v => Names.Shorten((string)v.Value!)));

    static string Detail(HttpRequest request, byte[]? body)
    {
        var query = request.QueryString.HasValue ? Names.Shorten(request.QueryString.Value) : "";
        if (body is not { Length: > 0 })
            return query;
        return $"{query}{(query.Length > 0 ? " " : "")}{Compact(body) ?? $"{body.Length} bytes, sha256 {Convert.ToHexStringLower(SHA256.HashData(body))}"}";
    }

    static string? Compact(byte[] body)
    {
        if (body.Length > AuditTrail.MaxDetail / 2)
            return null;
        try
        {
            using var document = JsonDocument.Parse(body);
            return JsonSerializer.Serialize(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static string Hash(HttpRequest request, byte[] body) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"), .. body]));
}
