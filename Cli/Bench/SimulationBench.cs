using Federated.Cli.Bench.Report;
using Federated.Cli.Simulation;

namespace Federated.Cli.Bench;

/// <summary>A simulation run twice: how long it takes, and whether its event log is the same byte for byte.</summary>
sealed class SimulationBench(SimulationSpec spec, Action<string> say)
{
    public BenchEntry Measure(string name, CancellationToken stop)
    {
        var (results, seconds) = (new List<SimulationResult>(), new List<double>());
        for (var i = 0; i < 2; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            results.Add(Simulation.Simulation.Run(spec, stop));
            seconds.Add(TimeProvider.System.GetElapsedTime(began).TotalSeconds);
            say(FormattableString.Invariant($"{name}: {results[i].Outcome}, {results[i].Rounds.Count} rounds, {results[i].Events} events and {results[i].VirtualSeconds:F0} virtual seconds in {seconds[i]:F1} s; event log {results[i].EventLogDigest[..16]}"));
        }
        return new BenchEntry(name, "s", seconds, null, new Dictionary<string, double>
        {
            ["clients"] = results[0].Clients.Count,
            ["rounds"] = results[0].Rounds.Count(r => r.PublishedAt is not null),
            ["virtualSeconds"] = results[0].VirtualSeconds,
            ["events"] = results[0].Events,
            ["identicalLogs"] = results[0].EventLog == results[1].EventLog ? 1 : 0,
        });
    }
}
