using System.CommandLine;
using Federated.Cli.Bench;
using Federated.Cli.Bench.Processes;
using Federated.Cli.Bench.Report;
using Federated.Cli.Bench.Rounds;
using Federated.Cli.Demo;
using Federated.Cli.Terminal;
using Spectre.Console;

namespace Federated.Cli.Commands;

/// <summary><c>federated bench NAME</c>; vision is the demo over three seeds.</summary>
static class BenchCommand
{
    public static Command Create() => new("bench", "Measure.")
    {
        Vision(), TextBenchCommand.Create(), FedPeftBenchCommand.Create(), FedPipeBenchCommand.Create(), LeakageBenchCommand.Create(),
        EngineBenchCommands.Chaos(), EngineBenchCommands.Rounds(), EngineBenchCommands.Load(), EngineBenchCommands.Simulate(), SiteCommand.Create(), SinkCommand.Create(), RecordCommand.Create(),
    };

    static Command Vision()
    {
        var seeds = new Option<int>("--seeds") { Description = "How many seeds, 1, 2, 3, ...", DefaultValueFactory = _ => 3 };
        var json = new Option<FileInfo?>("--json") { Description = "Write mean and spread of every row to this file." };
        var options = new DemoOptions();
        var command = new Command("vision", "The demo over several seeds: mean and spread.") { seeds, json };
        options.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var console = DemoConsole.Standard();
            var results = new List<DemoResult>();
            for (var seed = 1; seed <= parsed.GetValue(seeds); seed++)
            {
                console.Say($"Seed {seed} of {parsed.GetValue(seeds)}");
                var settings = options.Read(parsed, new DemoSettings()) with { Seed = (ulong)seed };
                await using var pipeline = new DemoPipeline(settings, options.Images(parsed), new Workspace(options.Work(parsed)), console, TimeProvider.System);
                results.Add(await pipeline.RunAsync(keep: false, stop));
            }
            var bench = VisionBench.Of(results);
            console.Write(Table(bench));
            await BenchFile.WriteAsync(parsed.GetValue(json), "bench vision", bench.Entries, stop);
            return ExitCode.Done;
        });
        return command;
    }

    static Table Table(VisionBench bench)
    {
        var table = new Table { Title = new($"{bench.Seeds.Count} seeds, mean ± standard deviation") };
        table.AddColumns("row", "six domains, %", "own domain, %", "after 5 rounds, %", "bias in round 1", "s / round");
        foreach (var row in bench.Rows)
            table.AddRow(Markup.Escape(row.Name), row.Average.Percent(), row.Own?.Percent() ?? "-", row.AfterFive?.Percent() ?? "-", row.FirstBias?.ToString() ?? "-", row.SecondsPerRound?.ToString() ?? "-");
        return table;
    }
}
