using System.Globalization;
using System.Net;
using System.Text;
using Federated.Cli.Demo;

namespace Federated.Cli.Simulation;

/// <summary>A simulation's result as one self-contained HTML page.</summary>
static class SimulationReport
{
    public static string Write(SimulationResult result) => $$"""
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>Simulation of {{Text(result.Run)}}</title>
        <style>
          :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
          body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
          svg { width: 100%; height: auto } svg text { fill: currentColor; font-size: 12px } svg .title { font-size: 15px; font-weight: 600 }
          svg .grid { stroke: currentColor; opacity: .15 } svg .label { font-weight: 600 }
          .wide { overflow-x: auto } table { border-collapse: collapse; margin: 1rem 0 }
          th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid #8884 } code { overflow-wrap: anywhere }
        </style>
        <h1>Simulation of {{Text(result.Run)}}</h1>
        <p>{{Text(Summary(result))}}</p>
        {{Plots(result)}}
        <div class="wide"><table><tr><th>round<th>attempts<th>seconds<th>accepted<th>rejected<th>discarded<th>training loss<th>evaluation loss<th>KiB up<th>KiB down
        {{string.Concat(result.Rounds.Select(Row))}}
        </table></div>
        <p>Event log: SHA-256 <code>{{result.EventLogDigest}}</code>. Published: <code>{{Text(result.Published ?? "nothing")}}</code>.</p>
        </html>
        """;

    public static string Summary(SimulationResult result) => string.Create(CultureInfo.InvariantCulture,
        $"{result.Outcome} after {result.VirtualSeconds:F0} virtual seconds: {result.Rounds.Count(r => r.PublishedAt is not null)} rounds published, {result.Clients.Count} clients, {result.Rounds.Sum(r => r.Accepted)} updates accepted, {result.Rounds.Sum(r => r.Rejected)} rejected, {result.Rounds.Sum(r => r.Discarded)} discarded, {result.Clients.Sum(c => c.Crashes)} client crashes, {result.Events} events.");

    static string Plots(SimulationResult result)
    {
        if (result.Rounds.Count == 0)
            return "";
        var plots = new List<Plot>
        {
            new Plot("Seconds per round", "virtual seconds", percent: false).Line("round", Points(result, r => r.Seconds)).Line("collecting", Points(result, r => r.CollectedAt - r.StartedAt)),
            new Plot("Updates per round", "updates", percent: false).Line("accepted", Points(result, r => r.Accepted)).Line("discarded", Points(result, r => r.Discarded)).Line("rejected", Points(result, r => r.Rejected)),
            new Plot("Loss", "loss", percent: false).Line("training", Points(result, r => r.TrainingLoss)).Line("evaluation", Points(result, r => r.EvaluationLoss)),
            new Plot("Bytes of the accepted clients", "KiB", percent: false).Line("up", Points(result, r => r.BytesUp / 1024.0)).Line("down", Points(result, r => r.BytesDown / 1024.0)),
        };
        return string.Concat(plots.Where(p => !p.IsEmpty).Select(p => p.ToSvg()));
    }

    static IEnumerable<(double, double)> Points(SimulationResult result, Func<SimulatedRound, double?> value) =>
        result.Rounds.Where(r => value(r) is not null).Select(r => ((double)r.Round, value(r)!.Value));

    static string Row(SimulatedRound r) => string.Create(CultureInfo.InvariantCulture,
        $"<tr><td>{r.Round}<td>{r.Attempts}<td>{Number(r.Seconds)}<td>{r.Accepted}<td>{r.Rejected}<td>{r.Discarded}<td>{Number(r.TrainingLoss)}<td>{Number(r.EvaluationLoss)}<td>{r.BytesUp / 1024.0:F1}<td>{r.BytesDown / 1024.0:F1}");

    static string Number(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "–";

    static string Text(string text) => WebUtility.HtmlEncode(text);
}
