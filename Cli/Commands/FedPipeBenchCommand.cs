using System.CommandLine;
using System.Globalization;
using Federated.Cli.Bench;
using Federated.Cli.Bench.Report;
using Federated.Cli.Demo;
using Federated.Cli.FedPipe;
using Federated.Cli.Terminal;
using Spectre.Console;

namespace Federated.Cli.Commands;

/// <summary><c>federated bench fedpipe</c>: one size for all against a plan for each device.</summary>
static class FedPipeBenchCommand
{
    public static Command Create()
    {
        var defaults = new FedPipeSettings();
        var seeds = new Option<int>("--seeds") { Description = "How many seeds, 1, 2, 3, ...", DefaultValueFactory = _ => defaults.Seeds };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => defaults.Rounds };
        var deadline = new Option<double>("--deadline") { Description = "Simulated seconds that a planned round may take.", DefaultValueFactory = _ => defaults.DeadlineSeconds };
        var labels = new Option<string[]>("--labels") { Description = "How labels spread over the sites: iid, dirichlet:ALPHA.", DefaultValueFactory = _ => [.. defaults.Labels], AllowMultipleArgumentsPerToken = true };
        var pretrain = new Option<int>("--pretrain-epochs") { DefaultValueFactory = _ => defaults.PretrainEpochs };
        var images = new Option<string>("--images") { Description = "Folder of Fashion-MNIST's four IDX files.", DefaultValueFactory = _ => FashionMnist.DefaultFolder };
        var work = new Option<string>("--work") { Description = "Folder for the base.", DefaultValueFactory = _ => Path.Combine("artifacts", "fedpipe") };
        var json = new Option<FileInfo?>("--json") { Description = "Write everything measured to this file." };
        var command = new Command("fedpipe", "Adapters sized for each of four simulated devices, or one size for all.") { seeds, rounds, deadline, labels, pretrain, images, work, json };
        command.SetAction(async (parsed, stop) =>
        {
            var settings = defaults with { Seeds = parsed.GetValue(seeds), Rounds = parsed.GetValue(rounds), DeadlineSeconds = parsed.GetValue(deadline), Labels = parsed.GetValue(labels)!, PretrainEpochs = parsed.GetValue(pretrain) };
            var console = DemoConsole.Standard();
            var rows = await new FedPipeBench(settings, new FashionMnist(parsed.GetValue(images)!), new Workspace(parsed.GetValue(work)!), console).RunAsync(stop);
            var entries = new List<BenchEntry>();
            foreach (var own in rows.GroupBy(row => row.Labels).Select(g => g.ToList()))
            {
                var target = settings.TargetShare * own.Where(row => row.Accuracy.Count > 0).Max(row => row.Accuracy[^1]);
                console.Write(Table(own, target));
                entries.Add(new BenchEntry($"fedpipe {own[0].Labels}", "s to the target", [.. Times(own, "fedpipe", target)], BenchEntry.MedianOf(Ratios(own, target)))
                    { Runs = own.Select(row => new { row, target, secondsToTarget = row.SecondsTo(target) }) });
            }
            foreach (var words in rows.Last(row => row.Name == "fedpipe").Choices) console.Say(words);
            await BenchFile.WriteAsync(parsed.GetValue(json), BenchFile.Asked(parsed, json), entries, stop);
            return ExitCode.Done;
        });
        return command;
    }

    static IEnumerable<double> Times(IReadOnlyList<FedPipeRow> rows, string name, double target) => rows.Where(row => row.Name == name).Select(row => row.SecondsTo(target) ?? double.PositiveInfinity);

    /// <summary>The faster one-size run's time to the target over the plan's: above 1 where planning is faster.</summary>
    static IEnumerable<double> Ratios(IReadOnlyList<FedPipeRow> rows, double target) =>
        Times(rows, "weakest", target).Zip(Times(rows, "strongest", target), Math.Min).Zip(Times(rows, "fedpipe", target), (uniform, planned) => uniform / planned);

    static Table Table(IReadOnlyList<FedPipeRow> rows, double target)
    {
        var table = new Table { Title = new(string.Create(CultureInfo.InvariantCulture, $"{rows[0].Labels}, {rows.Max(row => row.Seed)} seeds; the target is {100 * target:0.0} %")) };
        table.AddColumns("size", "final accuracy, %", "simulated s to the target", "s / round", "MiB / round", "waiting share", "clients that train", "ms / step here", "peak MiB");
        foreach (var own in rows.GroupBy(row => row.Name))
        {
            var times = own.Select(row => row.SecondsTo(target)).ToList();
            table.AddRow(own.Key, Spread.Of(own.Select(row => row.Accuracy.Count > 0 ? row.Accuracy[^1] : (double?)null))?.Percent() ?? "-",
                string.Join(", ", times.Select(time => time is { } seconds ? Number(seconds, "0") : "not reached")), Number(own.Average(row => row.RoundSeconds), "0.0"),
                Number(own.Average(row => row.MebibytesPerRound), "0.00"), Number(own.Average(row => row.WaitingShare), "0.00"),
                Number(own.Average(row => row.Choices.Count(choice => !choice.Contains("evaluates only", StringComparison.Ordinal))), "0.0"),
                Spread.Of(own.Select(row => (double?)row.StepMilliseconds))!.Text("0.0"), Spread.Of(own.Select(row => (double?)row.PeakMebibytes))!.Text("0"));
        }
        return table;
    }

    static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
