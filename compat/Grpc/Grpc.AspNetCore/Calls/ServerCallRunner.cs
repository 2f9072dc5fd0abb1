using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Runs the calls of one method: handler, deadline, status.</summary>
sealed class ServerCallRunner(IMethod method, ServiceSettings settings, Func<ServerCall, Task> body)
{
    public async Task HandleAsync(HttpContext http)
    {
        if (ServerResponse.RefuseForeign(http))
            return;
        if (method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming)
            LiftRequestLimits(http);
        using var call = new ServerCall(http, settings);
        var work = RunAsync(call);
        // A handler that ignores its token does not keep the client waiting past the deadline.
        await Task.WhenAny(work, call.DeadlinePassed);
        await call.EndAsync(isHandlerRunning: !work.IsCompleted);
        await work;
    }

    // A stream of requests lasts as long as it takes and is as large as it is: limits apply to its messages.
    static void LiftRequestLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
    }

    async Task RunAsync(ServerCall call)
    {
        try
        {
            await body(call);
        }
        catch (RpcException error)
        {
            settings.Logger.CallRefused(method.FullName, error.StatusCode, error.Status.Detail, error.Status.DebugException);
            call.Fail(error.Status, error.Trailers);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && call.CancellationToken.IsCancellationRequested)
        {
            settings.Logger.CallCancelled(method.FullName);
            call.Fail(new Status(StatusCode.Cancelled, "Call was cancelled.", error), []);
        }
        catch (BadHttpRequestException error)
        {
            var code = error.StatusCode == StatusCodes.Status413PayloadTooLarge ? StatusCode.ResourceExhausted : StatusCode.Internal;
            settings.Logger.CallRefused(method.FullName, code, error.Message, null);
            call.Fail(new Status(code, error.Message, error), []);
        }
        catch (Exception error)
        {
            settings.Logger.HandlerFailed(method.FullName, error);
            var detail = settings.Options.EnableDetailedErrors == true ? $" {error.GetType().Name}: {error.Message}" : "";
            call.Fail(new Status(StatusCode.Unknown, $"Exception was thrown by handler.{detail}", error), []);
        }
    }
}
