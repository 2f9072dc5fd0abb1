using System.Text;
using System.Text.Json.Nodes;
using Federated.Cli.Simulation;

namespace Cli.Tests.Simulation;

/// <summary>Small simulations.</summary>
static class Scripts
{
    /// <summary>Twelve clients, all of them in every round.</summary>
    public static JsonObject Calm(int clients = 12, int rounds = 4) => new()
    {
        ["seed"] = 3,
        ["limitSeconds"] = 20_000,
        ["run"] = new JsonObject
        {
            ["name"] = "script",
            ["strategy"] = "lora-fair",
            ["rounds"] = rounds,
            ["cohort"] = new JsonObject { ["size"] = clients, ["quorum"] = clients, ["minimum"] = clients, ["deadlineSeconds"] = 0 },
            ["train"] = new JsonObject { ["steps"] = 10, ["optimizer"] = "sgd", ["learningRate"] = 0.1 },
        },
        ["clients"] = new JsonArray(Group("site", clients)),
        ["training"] = new JsonObject { ["modules"] = 2, ["width"] = 8, ["rank"] = 2 },
    };

    public static JsonObject Group(string name, int count) => new()
    {
        ["name"] = name, ["count"] = count, ["samples"] = new JsonArray(10, 200), ["stepsPerSecond"] = 2, ["speedSpread"] = 1, ["latencyMs"] = 30, ["jitterMs"] = 20,
    };

    public static JsonObject Clients(this JsonObject script, int group = 0) => (JsonObject)script["clients"]![group]!;

    public static JsonObject Cohort(this JsonObject script) => (JsonObject)script["run"]!["cohort"]!;

    public static SimulationSpec Read(JsonObject script) => SimulationSpecReader.Read(Encoding.UTF8.GetBytes(script.ToJsonString()), "/");

    public static SimulationResult Run(JsonObject script) => Federated.Cli.Simulation.Simulation.Run(Read(script), CancellationToken.None);
}
