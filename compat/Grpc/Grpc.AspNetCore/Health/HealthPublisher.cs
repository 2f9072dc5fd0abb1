using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.HealthChecks;

/// <summary>Passes the periodic run of health checks on to the watchers.</summary>
sealed class HealthPublisher(HealthServiceImpl published, IOptions<GrpcHealthChecksOptions> options) : IHealthCheckPublisher
{
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var name in options.Value.Services.Names)
            if (options.Value.Services.TryGet(name, out var accepts))
                published.SetStatus(name, StatusOf(report.Entries
                    .Where(entry => accepts(new HealthCheckMapContext(entry.Key, entry.Value.Tags))).Select(entry => entry.Value)));
        return Task.CompletedTask;
    }

    /// <summary>Serving unless a check is unhealthy; unknown without checks.</summary>
    public static HealthCheckResponse.Types.ServingStatus StatusOf(IEnumerable<HealthReportEntry> entries) =>
        entries.Select(entry => entry.Status).DefaultIfEmpty((HealthStatus)(-1)).Min() switch
        {
            HealthStatus.Unhealthy => HealthCheckResponse.Types.ServingStatus.NotServing,
            HealthStatus.Degraded or HealthStatus.Healthy => HealthCheckResponse.Types.ServingStatus.Serving,
            _ => HealthCheckResponse.Types.ServingStatus.Unknown,
        };
}
