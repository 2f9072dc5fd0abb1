using System.Text.Json.Nodes;
using Federated.Cli.Demo;
using Federated.Cli.Simulation;
using Federated.Client.Adapters;
using Federated.Client.Models;
using Federated.Client.Peft;
using Federation.Tests.Support;

namespace Federation.Tests;

/// <summary>Every method and every tensor set of FedPEFT through the real coordinator and real daemons, in one thread: attached, trained, sent, folded, evaluated.</summary>
public sealed class MethodRunTests(TinyBase tinyBase) : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("federated-method-").FullName;

    public static TheoryData<string> Names => [.. MethodCatalog.Default.Names.Concat(TensorSets.Names)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_EveryMethod_TrainsAndPublishesThroughTheCoordinator(string method)
    {
        using (var model = ModelFolder.Load(tinyBase.Folder))
            AdapterInitializer.Create(model, new AdapterRequest { Method = method, Options = Options(method), BaseName = "tiny" }).Write(_folder);
        var result = Simulation.Run(SimulationSpecReader.Read(System.Text.Encoding.UTF8.GetBytes(Script(method).ToJsonString()), "/"), CancellationToken.None);

        Assert.Equal("Completed", result.Outcome);
        Assert.All(result.Rounds, r => Assert.Equal((2, 0, 0), (r.Accepted, r.Rejected, r.Discarded)));
        Assert.NotEqual(result.Rounds[0].EvaluationLoss!.Value, result.Rounds[1].EvaluationLoss!.Value);
        Assert.True(result.Rounds[1].TrainingLoss < result.Rounds[0].TrainingLoss, $"{method}: the loss rises from {result.Rounds[0].TrainingLoss} to {result.Rounds[1].TrainingLoss}.");
    }

    static Dictionary<string, string> Options(string method) => method switch
    {
        "lora" or "ffa-lora" or "pissa" => new() { ["r"] = "2", ["alpha"] = "4" },
        "prompt" or "parallel-adapter" => new() { ["m"] = "2" },
        _ => [],
    };

    JsonObject Script(string method) => new()
    {
        ["seed"] = 1,
        ["limitSeconds"] = 10_000,
        ["run"] = new JsonObject
        {
            ["name"] = "method",
            ["strategy"] = TensorSets.Names.Contains(method) ? method : method == "ffa-lora" ? "ffa-lora" : "fedit",
            ["rounds"] = 2,
            ["cohort"] = new JsonObject { ["size"] = 2, ["quorum"] = 2, ["minimum"] = 2, ["deadlineSeconds"] = 0 },
            ["train"] = new JsonObject { ["steps"] = 6, ["batchSize"] = 16, ["learningRate"] = method == "prompt" ? 3e-2 : 5e-3 },
            ["evaluate"] = new JsonObject { ["everyRounds"] = 1 },
        },
        ["clients"] = new JsonArray([.. SmallFederation.Sites.Take(2).Select(site => (JsonNode)new JsonObject { ["name"] = site.Name, ["data"] = new SiteImages(TinyBase.Files, TinyBase.Settings).Configuration(site) })]),
        ["training"] = new JsonObject { ["kind"] = "torch", ["model"] = tinyBase.Folder, ["adapter"] = _folder },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
