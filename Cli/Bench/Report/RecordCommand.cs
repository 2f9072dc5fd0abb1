using System.CommandLine;
using System.Globalization;
using Federated.Cli.Terminal;

namespace Federated.Cli.Bench.Report;

/// <summary><c>federated bench record</c>: what a script has measured, in the form of every other measurement.</summary>
static class RecordCommand
{
    public static Command Create()
    {
        var command = new Option<string>("--command") { Description = "What was run.", Required = true };
        var json = new Option<FileInfo>("--json") { Description = "The file.", Required = true };
        var entries = new Argument<string[]>("entries") { Description = "NAME;UNIT;SAMPLE,SAMPLE...;DETAIL=VALUE,..." };
        var record = new Command("record", "Write a script's measurements.") { command, json, entries };
        record.Hidden = true;
        record.SetAction(async (parsed, stop) =>
        {
            await BenchFile.WriteAsync(parsed.GetRequiredValue(json), parsed.GetRequiredValue(command), [.. parsed.GetRequiredValue(entries).Select(Entry)], stop);
            return ExitCode.Done;
        });
        return record;
    }

    static BenchEntry Entry(string text) => text.Split(';') is [var name, var unit, var samples, var details]
        ? new BenchEntry(name, unit, [.. samples.Split(',').Select(Number)], null, details.Split(',').Select(d => d.Split('=')).ToDictionary(d => d[0], d => Number(d[1])))
        : throw new CommandException("F561", $"'{text}' is not NAME;UNIT;SAMPLES;DETAILS.", ExitCode.Usage);

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
