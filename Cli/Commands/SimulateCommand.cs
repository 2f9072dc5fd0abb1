using System.CommandLine;
using System.Text.Json;
using Federated.Cli.Simulation;
using Federated.Cli.Terminal;

namespace Federated.Cli.Commands;

/// <summary><c>federated simulate</c>: a federation in one process on a virtual clock.</summary>
static class SimulateCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The simulation, see docs/simulate.md." };
        var json = new Option<FileInfo?>("--json") { Description = "Write the result to this file." };
        var html = new Option<FileInfo?>("--html") { Description = "Write a report with plots to this file." };
        var events = new Option<FileInfo?>("--events") { Description = "Write the event log to this file." };
        var command = new Command("simulate", "Simulate a federation: the real coordinator and clients on a virtual clock.") { file, json, html, events };
        command.SetAction(async (parsed, stop) =>
        {
            var result = Simulation.Simulation.Run(SimulationSpecReader.ReadFile(parsed.GetRequiredValue(file).FullName), stop);
            await WriteAsync(parsed.GetValue(json), JsonSerializer.Serialize(result, DemoCommand.ResultJson) + "\n", stop);
            await WriteAsync(parsed.GetValue(html), SimulationReport.Write(result), stop);
            await WriteAsync(parsed.GetValue(events), result.EventLog, stop);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(SimulationReport.Summary(result));
            return result.Outcome == "Completed" ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    static Task WriteAsync(FileInfo? file, string text, CancellationToken stop) =>
        file is null ? Task.CompletedTask : File.WriteAllTextAsync(file.FullName, text, stop);
}
