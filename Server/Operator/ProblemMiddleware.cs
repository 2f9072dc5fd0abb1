using Federated.Server.Faults;
using Federated.Server.Rounds;

namespace Federated.Server.Operator;

/// <summary>Turns whatever a REST call throws into problem+json that tells a code and a sentence, never more.</summary>
sealed class ProblemMiddleware(RoundMetrics metrics, ILogger<ProblemMiddleware> logger) : IMiddleware
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && Missing(context) is { } missing)
                await AnswerAsync(context, missing);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(context, Of(e));
        }
        catch (FaultException e)
        {
            await AnswerAsync(context, e.Refusal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.StorageFailed(context.Request.Method, context.Request.Path, e.Message);
            await AnswerAsync(context, FaultCatalog.ToRefusal(e));
        }
        catch (Exception e)
        {
            logger.RequestFailed(context.Request.Method, context.Request.Path, e);
            await AnswerAsync(context, FaultCatalog.ToRefusal(e));
        }
    }

    async Task AnswerAsync(HttpContext context, Refusal refusal)
    {
        metrics.Refused(refusal);
        if (context.Response.HasStarted)
        {
            // An answer that is cut off must not look like one that is complete.
            context.Abort();
            return;
        }
        context.Response.ContentLength = null;
        if (refusal.Fault == Fault.RateExceeded)
            context.Response.Headers.RetryAfter = "1";
        await FaultCatalog.ToProblem(refusal).ExecuteAsync(context);
    }

    /// <summary>What Kestrel refuses while a body is read.</summary>
    public static Refusal Of(BadHttpRequestException e) => new(Malformed(e.StatusCode), e.Message);

    static Fault Malformed(int status) => status switch
    {
        StatusCodes.Status408RequestTimeout => Fault.RequestTooSlow,
        StatusCodes.Status413PayloadTooLarge => Fault.BodyTooLarge,
        _ => Fault.RequestMalformed,
    };

    // Routing answers these with an empty body.
    static Refusal? Missing(HttpContext context) => !context.Request.Path.StartsWithSegments("/api") ? null : context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new(Fault.RouteNotFound, "There is nothing at this address."),
        StatusCodes.Status405MethodNotAllowed => new(Fault.MethodNotAllowed, $"{context.Request.Method} is not among the methods of this address: {context.Response.Headers.Allow}."),
        _ => null,
    };
}
