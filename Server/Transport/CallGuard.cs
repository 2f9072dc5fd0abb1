using Federated.Server.Faults;
using Federated.Server.Rounds;
using Grpc.Core;

namespace Federated.Server.Transport;

/// <summary>
/// The rim of every gRPC call: limits how many there are, ends them when the server stops, and turns whatever goes wrong into a status that
/// tells the remote caller a code and a sentence, never more.
/// </summary>
sealed class CallGuard(TransportOptions options, RoundMetrics metrics, IHostApplicationLifetime lifetime, ILogger<CallGuard> logger)
{
    int _open;

    public async Task RunAsync(ServerCallContext context, Func<CancellationToken, Task> call)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            if (Interlocked.Increment(ref _open) > options.MaxStreams)
                throw new FaultException(Fault.TooManyClients, $"{options.MaxStreams} calls are open, which is the limit.");
            await call(stopping.Token);
        }
        catch (FaultException e)
        {
            throw Refuse(context, e.Refusal);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            throw FaultCatalog.ToRpcEnded(lifetime.ApplicationStopping.IsCancellationRequested);
        }
        catch (RpcException)
        {
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.StorageFailed(context.Method, e.Message);
            throw Refuse(context, FaultCatalog.ToRefusal(e));
        }
        catch (Exception e)
        {
            logger.CallFailed(context.Method, e);
            throw Refuse(context, FaultCatalog.ToRefusal(e));
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    RpcException Refuse(ServerCallContext context, Refusal refusal)
    {
        metrics.Refused(refusal);
        logger.CallRefused(context.Method, refusal.Code, refusal.Message);
        return FaultCatalog.ToRpc(refusal);
    }
}
