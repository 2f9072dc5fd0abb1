using System.Text.Json.Nodes;

namespace Federated.Cli.Bench.Chaos;

/// <summary>What runs while things are killed.</summary>
/// <param name="Strategy">A bundle's name.</param>
/// <param name="IsAsynchronous">Whoever is free trains; what is published depends on when updates come, so it is judged by replaying the record.</param>
sealed record ChaosCase(string Strategy, bool IsAsynchronous = false)
{
    public string Name => IsAsynchronous ? Strategy + " asynchronous" : Strategy;

    /// <summary>Every round waits for all sites; an asynchronous one for all but one.</summary>
    public JsonObject Spec(string run, ChaosSettings settings)
    {
        var quorum = IsAsynchronous ? settings.Sites - 1 : settings.Sites;
        var spec = new JsonObject
        {
            ["name"] = run,
            ["strategy"] = Strategy,
            ["rounds"] = settings.Rounds,
            ["cohort"] = new JsonObject { ["size"] = settings.Sites, ["quorum"] = quorum, ["minimum"] = quorum, ["deadlineSeconds"] = 0 },
            ["train"] = new JsonObject { ["steps"] = 1, ["learningRate"] = 0.01 },
        };
        if (IsAsynchronous)
            (spec["asynchrony"], spec["keepUpdates"]) = (new JsonObject { ["mode"] = "asynchronous" }, true);
        return spec;
    }
}
