using System.Text.Json;

namespace Federated.Cli.Rest;

/// <summary>What a running coordinator announces in its data folder.</summary>
sealed record Endpoints(Uri Http, Uri Grpc, int Pid)
{
    public static Endpoints? Read(string dataFolder)
    {
        var file = Path.Combine(dataFolder, "endpoints.json");
        return File.Exists(file) ? JsonSerializer.Deserialize<Endpoints>(File.ReadAllText(file), CoordinatorRest.Json) : null;
    }
}
