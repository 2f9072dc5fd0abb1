using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Federated.Cli.Demo;
using Federated.Cli.Rest;
using Federated.Cli.Terminal;

namespace Federated.Cli.Commands;

/// <summary><c>federated demo</c>: a federation on this machine, on real images.</summary>
static class DemoCommand
{
    public static readonly JsonSerializerOptions ResultJson = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Converters = { new JsonStringEnumConverter() }, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "A first look: one strategy, three rounds, a hastily trained base." };
        var json = new Option<FileInfo?>("--json") { Description = "Write everything measured to this file, with seconds per stage." };
        var serve = new Option<bool>("--serve") { Description = "Keep coordinator, dashboard and sites up afterwards, until it is interrupted." };
        var options = new DemoOptions();
        var command = new Command("demo", "Six sites on this machine improve a vision transformer together, on real images.") { quick, json, serve };
        options.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var settings = options.Read(parsed, parsed.GetValue(quick) ? DemoSettings.Quick : new DemoSettings());
            var workspace = new Workspace(options.Work(parsed));
            var console = DemoConsole.Standard();
            await using var pipeline = new DemoPipeline(settings, options.Images(parsed), workspace, console, TimeProvider.System);
            var result = await pipeline.RunAsync(parsed.GetValue(serve), stop);

            console.Print(result);
            await File.WriteAllTextAsync(workspace.Report, ReportPage.Write(result), stop);
            console.Say($"Plots: {workspace.Report}   ({result.Seconds:0} s in all)");
            if (parsed.GetValue(json) is { } file) await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(result, ResultJson) + "\n", stop);
            if (parsed.GetValue(serve)) await ServeAsync(workspace, console, stop);
            return ExitCode.Done;
        });
        return command;
    }

    static async Task ServeAsync(Workspace workspace, DemoConsole console, CancellationToken stop)
    {
        console.Say($"Dashboard: {Endpoints.Read(workspace.Coordinator)!.Http}   (Ctrl-C ends it)");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        }
        catch (OperationCanceledException)
        {
            // The way in which serving ends.
        }
    }
}
