using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Cli.Rest;

namespace Federated.Cli.Demo;

/// <summary>One run of the federation, from its RunSpec to its row.</summary>
sealed class FederatedRow(Federation federation, Workspace workspace, DemoSettings settings, int sites)
{
    public async Task<Row> RunAsync(string strategy, DemoConsole console, CancellationToken stop)
    {
        await CreateAsync(strategy, stop);
        await console.ProgressAsync(strategy, settings.Rounds, report => federation.FollowAsync(strategy, run => report(run.Version, Note(run)), stop));

        var version = await federation.AskAsync(rest => rest.VersionAsync(strategy, "latest", stop), stop);
        var rounds = await federation.DiagnosedAsync(strategy, stop);
        return new Row(strategy, RowKind.Federated, new Dictionary<string, double>())
        {
            Steps = settings.Rounds * settings.Steps * sites,
            Adapter = version.PublishedFolder,
            Rounds = [.. rounds.Where(round => round.Evaluation is { Samples: > 0 }).Select(Point)],
        };
    }

    async Task CreateAsync(string name, CancellationToken stop)
    {
        var spec = Spec(name);
        var file = Path.Combine(workspace.Adapter, name + ".run.json");
        await File.WriteAllTextAsync(file, spec.ToJsonString(new JsonSerializerOptions { WriteIndented = true }), stop);
        await federation.CreateAsync(file, name, stop);
    }

    JsonObject Spec(string name) => new()
    {
        ["name"] = name,
        ["base"] = JsonNode.Parse(File.ReadAllText(Path.Combine(workspace.Adapter, "init.json")))!["base"]!.GetValue<string>(),
        ["schema"] = "@schema.json",
        ["plan"] = "@plan.json",
        ["version0"] = "@version0.safetensors",
        ["strategy"] = name,
        ["rounds"] = settings.Rounds,
        ["cohort"] = new JsonObject { ["size"] = sites, ["quorum"] = sites, ["minimum"] = sites, ["deadlineSeconds"] = 300 },
        ["train"] = new JsonObject { ["steps"] = settings.Steps, ["batchSize"] = settings.BatchSize, ["optimizer"] = "adamw", ["learningRate"] = settings.LearningRate },
        ["evaluate"] = new JsonObject { ["everyRounds"] = 1, ["maxSamples"] = settings.TestImagesPerRound },
        ["encoding"] = settings.Encoding,
        ["seed"] = settings.Seed,
    };

    string Note(RunSnapshot run) => run.Phase switch
    {
        "Completed" => "done",
        "Selecting" => $"round {run.Round}: waiting for sites ({run.Connected.Length} connected)",
        "Failed" => $"round {run.Round}: attempt {run.Attempt} failed, {run.LastError}",
        _ => $"round {Math.Min(run.Round, settings.Rounds)}",
    };

    static RoundPoint Point(RoundRecord round) => new(
        round.Round,
        (double)round.Evaluation!.Correct / round.Evaluation.Samples,
        round.Seconds ?? 0,
        (long)Mean(round.Participations, participation => participation.BytesUp),
        (long)Mean(round.Participations, participation => participation.BytesDown),
        MeanOf(round, group => group.BiasRatio),
        MeanOf(round, group => group.BiasPerIncrement),
        MeanOf(round, group => group.RemovableShare),
        MeanOf(round, group => group.ProductErrorAfter));

    static double Mean(Participation[] participations, Func<Participation, long> value) => participations.Length == 0 ? 0 : participations.Average(value);

    static double? MeanOf(RoundRecord round, Func<GroupDiagnostics, double?> value) =>
        round.Diagnostics.Select(value).OfType<double>().Where(double.IsFinite).ToArray() is { Length: > 0 } values ? values.Average() : null;
}
