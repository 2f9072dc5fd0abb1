namespace Federated.Server.Telemetry;

static class MetricsEndpoint
{
    public static RouteHandlerBuilder MapMetrics(this IEndpointRouteBuilder routes) => routes.MapGet("/metrics", async (PrometheusExporter exporter, CancellationToken stopping) =>
        Results.Text(await exporter.ScrapeAsync(stopping), PrometheusText.ContentType));
}
