using System.Diagnostics.Metrics;
using Federated.Server.Fleet;
using Federated.Server.Rounds;
using Federated.Server.Runs;

namespace Federated.Server.Telemetry;

/// <summary>What stands rather than happens: read from snapshots when somebody asks, on the same meter as the counters.</summary>
sealed class FederationMetrics : IDisposable
{
    readonly Meter _meter = new(RoundMetrics.MeterName);

    public FederationMetrics(RunDirectory runs, ClientRegistry clients)
    {
        _meter.CreateObservableGauge("federated.clients.connected", () => clients.Count, "{client}", "Clients with an open control stream.");
        _meter.CreateObservableGauge("federated.runs", () => ByPhase(runs), "{run}", "Runs by phase.");
        _meter.CreateObservableGauge("federated.run.round", () => Active(runs, s => s.Round), "{round}", "The round under way or next, of runs that have not ended.");
        _meter.CreateObservableGauge("federated.run.clients", () => Active(runs, s => s.Fleet.Count), "{client}", "Connected clients that joined, of runs that have not ended.");
        _meter.CreateObservableGauge("federated.run.outstanding", () => Active(runs, s => s.OutstandingCount), "{update}", "Updates that the round under way still waits for.");
        _meter.CreateObservableGauge("federated.run.attempt", () => Active(runs, s => s.Attempt), "{attempt}", "The attempt at the round under way; more than 1 after a failure.");
    }

    public void Dispose() => _meter.Dispose();

    static IEnumerable<Measurement<int>> ByPhase(RunDirectory runs)
    {
        var counts = runs.All.CountBy(l => l.Current.State.Phase).ToDictionary();
        return Enum.GetValues<RoundPhase>().Select(p => new Measurement<int>(counts.GetValueOrDefault(p), new KeyValuePair<string, object?>("phase", RoundRows.Name(p))));
    }

    // Ended runs would pile up as series for ever.
    static IEnumerable<Measurement<int>> Active(RunDirectory runs, Func<RoundState, int> value) => runs.All
        .Select(l => l.Current.State)
        .Where(s => !s.IsTerminal)
        .Select(s => new Measurement<int>(value(s), new KeyValuePair<string, object?>("run", s.Run)));
}
