using Grpc.Core;
using Grpc.Health.V1;

namespace Grpc.HealthCheck;

/// <summary>The health service over statuses that the application sets. A slow watcher skips to the newest status.</summary>
public class HealthServiceImpl : Health.V1.Health.HealthBase
{
    readonly Lock _gate = new();
    readonly Dictionary<string, HealthCheckResponse.Types.ServingStatus> _statuses = [];
    TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HealthServiceImpl() { }

    public void SetStatus(string service, HealthCheckResponse.Types.ServingStatus status) => Change(statuses => statuses[service] = status);

    public void ClearStatus(string service) => Change(statuses => statuses.Remove(service));

    public void ClearAll() => Change(statuses => statuses.Clear());

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        var (status, _) = Observe(request.Service);
        return status is null
            ? throw new RpcException(new Status(StatusCode.NotFound, ""))
            : Task.FromResult(new HealthCheckResponse { Status = status.Value });
    }

    public override Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context) =>
        WatchAsync(request.Service, responseStream, null, context.CancellationToken);

    /// <summary>Writes the status now and at every change until cancelled. The first may be given by the caller.</summary>
    internal async Task WatchAsync(
        string service, IServerStreamWriter<HealthCheckResponse> responses, HealthCheckResponse.Types.ServingStatus? first, CancellationToken cancellation)
    {
        HealthCheckResponse.Types.ServingStatus? last = null;
        while (!cancellation.IsCancellationRequested)
        {
            var (observed, changed) = Observe(service);
            var status = first ?? observed ?? HealthCheckResponse.Types.ServingStatus.ServiceUnknown;
            first = null;
            if (status != last)
                await responses.WriteAsync(new HealthCheckResponse { Status = status }, cancellation);
            last = status;
            await changed.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    (HealthCheckResponse.Types.ServingStatus? Status, Task Changed) Observe(string service)
    {
        lock (_gate)
            return (_statuses.TryGetValue(service, out var status) ? status : null, _changed.Task);
    }

    void Change(Action<Dictionary<string, HealthCheckResponse.Types.ServingStatus>> change)
    {
        lock (_gate)
        {
            change(_statuses);
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
