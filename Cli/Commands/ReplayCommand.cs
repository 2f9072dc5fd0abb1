using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Federated.Cli.Operating;
using Federated.Cli.Rest;

namespace Federated.Cli.Commands;

/// <summary><c>federated rounds replay</c>, over REST.</summary>
static class ReplayCommand
{
    static readonly Column[] Columns = [Column.Of("group", "group"), Change("recorded change", "recordedChange"), Change("replayed change", "replayedChange"), Change("difference", "difference")];

    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The run's name." };
        var round = new Argument<int>("round") { Description = "A published round, 1 or more." };
        var strategy = new Option<string?>("--strategy") { Description = "A bundle [default: the recorded strategy, which must give the published bytes]." };
        return Verb.Tell("replay", "Fold a recorded round again and report the difference; nothing is published.", [run, round], [strategy], async (parsed, rest, stop) =>
            Report(await rest.ReplayAsync(parsed.GetValue(run)!, parsed.GetValue(round), parsed.GetValue(strategy), stop)));
    }

    static Told Report(ReplayReport report) => new(JsonSerializer.SerializeToNode(report, CoordinatorRest.Json)!,
        $"Round {report.Round} of '{report.Run}': {report.Recorded} as recorded, {report.Strategy} now; {(report.Identical ? "identical to the last byte" : "not identical")}.")
    {
        Table = (JsonSerializer.SerializeToNode(report.Groups, CoordinatorRest.Json)!, Columns),
    };

    static Column Change(string header, string field) => new(header, group => group[field]!.GetValue<double>().ToString("G6", CultureInfo.InvariantCulture));
}
