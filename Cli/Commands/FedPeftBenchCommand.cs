using System.CommandLine;
using System.Globalization;
using Federated.Cli.Bench;
using Federated.Cli.Bench.Report;
using Federated.Cli.Demo;
using Federated.Cli.FedPeft;
using Federated.Cli.Terminal;
using Federated.Client.Adapters;
using Spectre.Console;

namespace Federated.Cli.Commands;

/// <summary><c>federated bench fedpeft</c>: tensor set x accuracy, bytes, memory and step time.</summary>
static class FedPeftBenchCommand
{
    public static Command Create()
    {
        var defaults = new FedPeftSettings();
        var seeds = new Option<int>("--seeds") { Description = "How many seeds, 1, 2, 3, ...", DefaultValueFactory = _ => defaults.Seeds };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => defaults.Rounds };
        var steps = new Option<int>("--steps") { Description = "Optimiser steps of a site in a round.", DefaultValueFactory = _ => defaults.Steps };
        var pretrain = new Option<int>("--pretrain-epochs") { DefaultValueFactory = _ => defaults.PretrainEpochs };
        var images = new Option<string>("--images") { Description = "Folder of Fashion-MNIST's four IDX files.", DefaultValueFactory = _ => FashionMnist.DefaultFolder };
        var work = new Option<string>("--work") { Description = "Folder for the base.", DefaultValueFactory = _ => Path.Combine("artifacts", "fedpeft") };
        var json = new Option<FileInfo?>("--json") { Description = "Write everything measured to this file." };
        var command = new Command("fedpeft", "FedPEFT's tensor sets: accuracy, bytes, memory, step time.") { seeds, rounds, steps, pretrain, images, work, json };
        command.SetAction(async (parsed, stop) =>
        {
            var settings = defaults with { Seeds = parsed.GetValue(seeds), Rounds = parsed.GetValue(rounds), Steps = parsed.GetValue(steps), PretrainEpochs = parsed.GetValue(pretrain) };
            var console = DemoConsole.Standard();
            var rows = await new FedPeftBench(settings, new FashionMnist(parsed.GetValue(images)!), new Workspace(parsed.GetValue(work)!), console).RunAsync(stop);
            console.Write(Table(rows));
            await BenchFile.WriteAsync(parsed.GetValue(json), BenchFile.Asked(parsed, json), [new BenchEntry("fedpeft", "accuracy", [.. rows.Select(row => row.Accuracy)], BenchEntry.MedianOf(Ratios(rows))) { Runs = rows }], stop);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Each set's accuracy over full fine-tuning's on the same split and seed.</summary>
    static IEnumerable<double> Ratios(IReadOnlyList<FedPeftRow> rows) => rows.Where(row => row.Set != "fedpeft-full")
        .Select(row => row.Accuracy / rows.Single(full => full.Set == "fedpeft-full" && full.Split == row.Split && full.Seed == row.Seed).Accuracy);

    static Table Table(IReadOnlyList<FedPeftRow> rows)
    {
        var table = new Table { Title = new($"{rows.Max(row => row.Seed)} seeds, mean ± standard deviation") };
        table.AddColumns([.. FedPeftBench.Splits.Select(split => $"{split}, %").Prepend("set"), "MiB / client and round", "peak MiB", "ms / step"]);
        foreach (var set in TensorSets.Names)
        {
            var own = rows.Where(row => row.Set == set).ToList();
            table.AddRow([set, .. FedPeftBench.Splits.Select(split => Spread.Of(own.Where(row => row.Split == split).Select(row => (double?)row.Accuracy))!.Percent()),
                Number(own[0].Mebibytes, "0.0000"), Spread.Of(own.Select(row => (double?)row.PeakMebibytes))!.Text("0"), Spread.Of(own.Select(row => (double?)row.StepMilliseconds))!.Text("0.0")]);
        }
        return table;
    }

    static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
