using System.Diagnostics.Metrics;
using Federated.Server.Rounds;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Federated.Server.Telemetry;

/// <summary>
/// Metrics for /metrics always; traces, logs and metrics over OTLP where OTEL_EXPORTER_OTLP_ENDPOINT names a collector. The SDK's other
/// standard variables (headers, protocol, service name, sampler) hold too. Without a collector no span is made.
/// </summary>
static class TelemetryServices
{
    const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    const string ServiceName = "federated-server";

    static readonly string[] Meters =
        [RoundMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<FederationMetrics>()
            .AddSingleton<PrometheusExporter>()
            .AddSingleton(s => BuildMetrics(s.GetRequiredService<PrometheusExporter>()));
        if (HasCollector)
            services.AddSingleton(_ => BuildTraces());
        return services;
    }

    /// <summary>Every line bears the trace and span that it belongs to; a collector gets the lines too.</summary>
    public static ILoggingBuilder AddTelemetry(this ILoggingBuilder logging)
    {
        logging.AddConsole(o => o.FormatterName = ServerConsole.FormatterName).AddConsoleFormatter<ServerConsole, ConsoleFormatterOptions>();
        return HasCollector ? logging.AddOpenTelemetry(o => o.SetResourceBuilder(Resource()).AddOtlpExporter()) : logging;
    }

    /// <summary>Providers begin to listen when they are made, which nothing else asks for.</summary>
    public static void StartTelemetry(this IServiceProvider services)
    {
        services.GetRequiredService<FederationMetrics>();
        services.GetRequiredService<MeterProvider>();
        services.GetService<TracerProvider>();
    }

    static bool HasCollector => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(Endpoint));

    static MeterProvider BuildMetrics(PrometheusExporter prometheus)
    {
        var builder = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Resource()).AddMeter(Meters).AddView(WithoutCounts).AddReader(new BaseExportingMetricReader(prometheus));
        return (HasCollector ? builder.AddOtlpExporter() : builder).Build();
    }

    // Prometheus keeps the ending _count for histograms; the runtime's gauges that bear it are of little use here.
    static MetricStreamConfiguration? WithoutCounts(Instrument instrument) =>
        instrument.Meter.Name == "System.Runtime" && instrument.Name.EndsWith(".count", StringComparison.Ordinal) ? MetricStreamConfiguration.Drop : null;

    // ASP.NET Core makes the span of each call and takes its parent from the caller's traceparent.
    static TracerProvider BuildTraces() => Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(Resource())
        .AddSource(RoundTrace.SourceName, "Microsoft.AspNetCore")
        .AddOtlpExporter()
        .Build();

    static ResourceBuilder Resource() => ResourceBuilder.CreateDefault().AddService(ServiceName).AddEnvironmentVariableDetector();
}
