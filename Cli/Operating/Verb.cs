using System.CommandLine;
using Federated.Cli.Commands;
using Federated.Cli.Rest;
using Federated.Cli.Terminal;

namespace Federated.Cli.Operating;

/// <summary>What all operator verbs have in common: the coordinator that they speak to, and how they print.</summary>
static class Verb
{
    /// <summary>A verb that acts and prints what it likes.</summary>
    public static Command Act(string name, string description, IEnumerable<Argument> arguments, IEnumerable<Option> options, Func<ParseResult, CoordinatorRest, CancellationToken, Task> action)
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

    /// <summary>A verb that acts and tells what came of it, as text or as JSON.</summary>
    public static Command Tell(string name, string description, IEnumerable<Argument> arguments, IEnumerable<Option> options, Func<ParseResult, CoordinatorRest, CancellationToken, Task<Told>> action)
    {
        var json = new Option<bool>("--json") { Description = "JSON instead of text." };
        return Act(name, description, arguments, [.. options, json], async (parsed, rest, stop) =>
            new Printer(Console.Out, parsed.GetValue(json)).Print(await action(parsed, rest, stop)));
    }

    /// <summary>A verb that shows something: as a table, as JSON, once or again and again.</summary>
    public static Command Show(string name, string description, IEnumerable<Argument> arguments, IEnumerable<Option> options, View view)
    {
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var watch = new Option<double?>("--watch") { Description = "Show it again every so many seconds (1 to 3600), until it is interrupted." };
        watch.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not (null or (>= 1 and <= 3600))) result.AddError("--watch takes 1 to 3600 seconds.");
        });
        return Act(name, description, arguments, [.. options, json, watch], async (parsed, rest, stop) =>
        {
            var printer = new Printer(Console.Out, parsed.GetValue(json));
            if (parsed.GetValue(watch) is not { } seconds)
            {
                printer.Print(await view.ReadAsync(parsed, rest, stop), view.Columns);
                return;
            }
            await Watching.RunAsync(TimeSpan.FromSeconds(seconds), TimeProvider.System, async () => printer.PrintAgain(await view.ReadAsync(parsed, rest, stop), view.Columns), stop);
        });
    }
}
