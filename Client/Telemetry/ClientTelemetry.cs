using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Federated.Client.Telemetry;

/// <summary>
/// A site's spans and metrics. They leave the site only where its administrator names a collector (OTEL_EXPORTER_OTLP_ENDPOINT), and hold
/// durations and outcomes, never data, losses or sample counts.
/// </summary>
static class ClientTelemetry
{
    public const string Name = "Federated.Client";

    const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    static readonly ActivitySource Source = new(Name);
    static readonly Meter Meter = new(Name);

    static readonly Counter<long> Assignments = Meter.CreateCounter<long>("federated.client.assignments", "{assignment}", "Assignments by kind and outcome: done, cancelled, failed.");
    static readonly Counter<long> Updates = Meter.CreateCounter<long>("federated.client.updates", "{update}", "Updates by what the coordinator answered.");
    static readonly Histogram<double> Phases = Meter.CreateHistogram<double>("federated.client.phase.duration", "s", "Of a piece of work, by phase: download, local-steps, encode, local-evaluation, upload.");

    /// <summary>Exports until it is disposed; null where no collector is named.</summary>
    public static IDisposable? Start(string clientId)
    {
        if (string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(Endpoint)))
            return null;
        var resource = ResourceBuilder.CreateDefault().AddService("federated-client", serviceInstanceId: clientId).AddEnvironmentVariableDetector();
        var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Name).AddOtlpExporter().Build();
        var metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Name).AddOtlpExporter().Build();
        return new Exports(traces, metrics);
    }

    /// <summary>The span of a whole assignment, below the coordinator's round.</summary>
    public static Activity? Assignment(string kind, string assignmentId, string? parent)
    {
        var activity = ActivityContext.TryParse(parent, null, isRemote: true, out var context)
            ? Source.StartActivity(kind, ActivityKind.Consumer, context)
            : Source.StartActivity(kind, ActivityKind.Consumer);
        return activity?.SetTag("federated.assignment", assignmentId);
    }

    /// <summary>A phase below whatever is current, or below a given span of the same process.</summary>
    public static Phase Begin(string phase, ActivityContext parent = default) => new(phase, Source.StartActivity(phase, ActivityKind.Client, parent));

    public static void Ended(string kind, string outcome) => Assignments.Add(1, new("kind", kind), new("outcome", outcome));

    public static void Answered(string result) => Updates.Add(1, new KeyValuePair<string, object?>("result", result));

    /// <summary>Ends its span and records its duration when it is disposed.</summary>
    public readonly struct Phase(string name, Activity? activity) : IDisposable
    {
        readonly long _start = Stopwatch.GetTimestamp();

        public void Dispose()
        {
            Phases.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds, new KeyValuePair<string, object?>("phase", name));
            activity?.Dispose();
        }
    }

    sealed class Exports(TracerProvider traces, MeterProvider metrics) : IDisposable
    {
        public void Dispose()
        {
            traces.Dispose();
            metrics.Dispose();
        }
    }
}
