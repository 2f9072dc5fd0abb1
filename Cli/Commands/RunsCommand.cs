using System.CommandLine;
using System.Text.Json;
using Federated.Cli.Rest;
using Federated.Cli.Terminal;
using Spectre.Console;

namespace Federated.Cli.Commands;

/// <summary><c>federated runs create|list|show|pause|resume|stop</c>, over REST.</summary>
static class RunsCommand
{
    static readonly JsonSerializerOptions Indented = new(CoordinatorRest.Json) { WriteIndented = true };

    public static Command Create() => new("runs", "Create and steer runs.")
    {
        CreateRun(), List(), Show(), Act("pause", "Hold a run before its next round."), Act("resume", "Let a paused run go on."), Act("stop", "End a run."),
    };

    static Command CreateRun()
    {
        var file = new Argument<FileInfo>("file") { Description = "A RunSpec (docs/runs.md)." };
        var validate = new Option<bool>("--validate") { Description = "Check only; nothing is created." };
        return Verb("create", "Create a run and start it.", [file], [validate], async (parsed, rest, stop) =>
        {
            var spec = await RunFile.UploadAsync(parsed.GetValue(file)!.FullName, rest, stop);
            var run = await rest.CreateAsync(spec, parsed.GetValue(validate), stop);
            Console.WriteLine(parsed.GetValue(validate) ? $"'{run.Id}' is valid." : $"Run '{run.Id}' is created: {run.Strategy}, {run.Rounds} rounds.");
        });
    }

    static Command List()
    {
        var json = JsonOption();
        return Verb("list", "List the runs.", [], [json], async (parsed, rest, stop) =>
        {
            var runs = await rest.RunsAsync(stop);
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(runs, Indented));
                return;
            }
            var table = new Table().AddColumns("run", "phase", "round", "strategy", "clients");
            foreach (var run in runs)
                table.AddRow(Markup.Escape(run.Id), run.Paused ? $"{run.Phase} (paused)" : run.Phase, $"{run.Round}/{run.Rounds}", Markup.Escape(run.Strategy), $"{run.Connected.Length}/{run.Joined.Length}");
            AnsiConsole.Write(table);
        });
    }

    static Command Show()
    {
        var run = RunArgument();
        return Verb("show", "Print a run and its rounds as JSON.", [run], [], async (parsed, rest, stop) =>
        {
            var id = parsed.GetValue(run)!;
            Console.WriteLine(JsonSerializer.Serialize(new { run = await rest.RunAsync(id, stop), rounds = await rest.RoundsAsync(id, stop) }, Indented));
        });
    }

    static Command Act(string action, string description)
    {
        var run = RunArgument();
        return Verb(action, description, [run], [], async (parsed, rest, stop) =>
        {
            var snapshot = await rest.ActAsync(parsed.GetValue(run)!, action, stop);
            Console.WriteLine($"Run '{snapshot.Id}': {snapshot.Phase}{(snapshot.Paused ? ", paused" : "")}.");
        });
    }

    static Argument<string> RunArgument() => new("run") { Description = "The run's name." };

    static Option<bool> JsonOption() => new("--json") { Description = "JSON instead of a table." };

    static Command Verb(string name, string description, Argument[] arguments, Option[] options, Func<ParseResult, CoordinatorRest, CancellationToken, Task> action)
    {
        var command = new Command(name, description);
        foreach (var argument in arguments) command.Arguments.Add(argument);
        foreach (var option in options) command.Options.Add(option);
        var server = new ServerOption();
        server.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            using var rest = server.Open(parsed);
            await action(parsed, rest, stop);
            return ExitCode.Done;
        });
        return command;
    }
}
