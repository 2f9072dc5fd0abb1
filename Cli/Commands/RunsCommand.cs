using System.CommandLine;
using System.Text.Json.Nodes;
using Federated.Cli.Operating;
using Federated.Cli.Rest;
using Federated.Cli.Terminal;

namespace Federated.Cli.Commands;

/// <summary><c>federated runs create|clone|list|show|pause|resume|stop|curves</c>, over REST.</summary>
static class RunsCommand
{
    internal static readonly Column[] Columns =
    [
        Column.Of("run", "id"), new("phase", run => run["paused"]!.GetValue<bool>() ? $"{run["phase"]} (paused)" : $"{run["phase"]}"), new("round", Progress),
        Column.Of("strategy", "strategy"), new("clients", run => $"{run["connected"]!.AsArray().Count}"), Column.Of("version", "version"), Column.Of("last error", "lastError"),
    ];

    internal static readonly Column[] ForecastColumns =
    [
        Column.Bytes("first download", "bytesDownFirst"), Column.Bytes("download a round, at most", "bytesDown"), Column.Bytes("upload a round", "bytesUp"),
        Column.Bytes("server memory of a fold", "serverMemoryBytes"), Column.Bytes("server disk", "serverDiskBytes"), Column.Number("seconds a round", "roundSeconds", 1),
    ];

    // The round under way; of a run that has ended, how many it published.
    static string Progress(JsonNode run) => $"{($"{run["phase"]}" is "Completed" or "Stopped" ? run["version"] : run["round"])}/{run["rounds"]}";

    public static Command Create() => new("runs", "Create and steer runs.")
    {
        CreateRun(), Clone(), RollBack(),
        Verb.Show("list", "List the runs.", [], [], new(async (_, rest, stop) => await JsonPages.AllAsync(rest, "api/v1/runs", stop), Columns)),
        Show(), Curves(), Act("pause", "Hold a run before its next round."), Act("resume", "Let a paused run go on."), Act("stop", "End a run."),
    };

    static Command CreateRun()
    {
        var file = new Argument<FileInfo>("file") { Description = "A RunSpec (docs/runs.md)." };
        var validate = new Option<bool>("--validate") { Description = "Check only, and say what the run would take; nothing is created." };
        return Verb.Tell("create", "Create a run and start it.", [file], [validate], async (parsed, rest, stop) =>
        {
            var spec = await RunFile.UploadAsync(parsed.GetValue(file)!.FullName, rest, stop);
            var run = await rest.SendAsync(HttpMethod.Post, parsed.GetValue(validate) ? "api/v1/runs?validate=true" : "api/v1/runs", spec, stop);
            return parsed.GetValue(validate)
                ? new Told(run, $"'{run["id"]}' is valid. What it would take, as far as its clients are known:") { Table = (run["forecast"]!, ForecastColumns) }
                : new Told(run, $"Run '{run["id"]}' is created: {run["strategy"]}, {run["rounds"]} rounds.");
        });
    }

    static Command Clone()
    {
        var (run, name) = (RunArgument(), new Argument<string>("name") { Description = "The new run's name." });
        var set = new Option<string[]>("--set") { Description = "KEY=JSON ...: what differs, such as rounds=40 or strategy='\"fedit\"'.", AllowMultipleArgumentsPerToken = true };
        return Verb.Show("clone", "Create a run like another one.", [run, name], [set], new(
            (parsed, rest, stop) => rest.SendAsync(
                HttpMethod.Post, $"api/v1/runs/{Escaped(parsed, run)}/clone", new JsonObject { ["name"] = parsed.GetValue(name), ["changes"] = Changes(parsed.GetValue(set) ?? []) }, stop), Columns));
    }

    static Command RollBack()
    {
        var (run, version) = (RunArgument(), new Argument<int>("version") { Description = "The version whose values are published again." });
        return Verb.Show("rollback", "Publish an earlier version's values again as the next version; the run must be paused and idle.", [run, version], [], new(
            (parsed, rest, stop) => rest.SendAsync(
                HttpMethod.Post, $"api/v1/runs/{Escaped(parsed, run)}/rollback", new JsonObject { ["version"] = parsed.GetValue(version) }, stop), Columns));
    }

    static JsonObject Changes(string[] settings)
    {
        var changes = new JsonObject();
        foreach (var setting in settings)
        {
            if (setting.Split('=', 2) is not [var key, var json]) throw new CommandException("F561", $"--set '{setting}' is not KEY=JSON.", ExitCode.Usage);
            try
            {
                changes[key] = JsonNode.Parse(json);
            }
            catch (System.Text.Json.JsonException e)
            {
                throw new CommandException("F561", $"--set '{setting}': the value is no JSON: {e.Message}", ExitCode.Usage);
            }
        }
        return changes;
    }

    static Command Show()
    {
        var run = RunArgument();
        return Verb.Show("show", "Show a run.", [run], [], new((parsed, rest, stop) => rest.JsonAsync($"api/v1/runs/{Escaped(parsed, run)}", stop), Columns));
    }

    static Command Curves()
    {
        var run = RunArgument();
        Column[] columns =
        [
            Column.Of("round", "round"), Column.Number("accuracy", "accuracy", 4), Column.Number("loss", "loss", 4), Column.Number("training loss", "trainingLoss", 4),
            Column.Number("seconds", "seconds", 1), Column.Bytes("up", "bytesUp"), Column.Bytes("down", "bytesDown"),
        ];
        return Verb.Show("curves", "Show a run's curves, a row per round.", [run], [], new(
            async (parsed, rest, stop) => Rows((await rest.JsonAsync($"api/v1/runs/{Escaped(parsed, run)}/curves", stop)).AsObject()), columns));
    }

    /// <summary>Columns of equal length as a list of rows; what is no column is left out.</summary>
    public static JsonArray Rows(JsonObject columns) =>
        [.. Enumerable.Range(0, columns["round"]!.AsArray().Count).Select(i => (JsonNode)new JsonObject(columns.Where(c => c.Value is JsonArray).Select(c => KeyValuePair.Create(c.Key, c.Value!.AsArray()[i]?.DeepClone()))))];

    static Command Act(string action, string description)
    {
        var run = RunArgument();
        return Verb.Act(action, description, [run], [], async (parsed, rest, stop) =>
        {
            var snapshot = await rest.ActAsync(parsed.GetValue(run)!, action, stop);
            Console.WriteLine($"Run '{snapshot.Id}': {snapshot.Phase}{(snapshot.Paused ? ", paused" : "")}.");
        });
    }

    static string Escaped(ParseResult parsed, Argument<string> argument) => Uri.EscapeDataString(parsed.GetValue(argument)!);

    static Argument<string> RunArgument() => new("run") { Description = "The run's name." };
}
