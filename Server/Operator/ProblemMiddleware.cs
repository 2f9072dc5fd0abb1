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
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(context, new Refusal(Fault.RequestMalformed, e.Message));
        }
        catch (FaultException e)
        {
            await AnswerAsync(context, e.Refusal);
        }
        catch (IOException e)
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
        if (!context.Response.HasStarted)
            await FaultCatalog.ToProblem(refusal).ExecuteAsync(context);
    }
}
