using System.CommandLine;
using System.Globalization;
using Federated.Cli.Terminal;
using Spectre.Console;

namespace Federated.Cli.Commands;

/// <summary><c>federated rounds replay</c>, over REST.</summary>
static class ReplayCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The run's name." };
        var round = new Argument<int>("round") { Description = "A published round, 1 or more." };
        var strategy = new Option<string?>("--strategy") { Description = "A bundle [default: the recorded strategy, which must give the published bytes]." };
        var server = new ServerOption();
        var command = new Command("replay", "Fold a recorded round again and report the difference; nothing is published.") { run, round, strategy };
        server.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            using var rest = server.Open(parsed);
            var report = await rest.ReplayAsync(parsed.GetValue(run)!, parsed.GetValue(round), parsed.GetValue(strategy), stop);
            Console.WriteLine($"Round {report.Round} of '{report.Run}': {report.Recorded} as recorded, {report.Strategy} now; {(report.Identical ? "identical to the last byte" : "not identical")}.");
            var table = new Table().AddColumns("group", "recorded change", "replayed change", "difference");
            foreach (var group in report.Groups)
                table.AddRow(Markup.Escape(group.Group), Number(group.RecordedChange), Number(group.ReplayedChange), Number(group.Difference));
            AnsiConsole.Write(table);
            return ExitCode.Done;
        });
        return command;
    }

    static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
