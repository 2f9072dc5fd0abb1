using System.Text.Json;

namespace Federated.Cli.Rest;

/// <summary>What a running coordinator announces in its data folder.</summary>
/// <param name="Http">Of REST and the dashboard.</param>
/// <param name="Grpc">Of clients.</param>
/// <param name="Pid">Of the process.</param>
/// <param name="Authority">The file of the authority's certificate; null where it speaks in clear.</param>
sealed record Endpoints(Uri Http, Uri Grpc, int Pid, string? Authority = null)
{
    const string FirstKey = "admin.key";

    public static Endpoints? Read(string dataFolder)
    {
        var file = Path.Combine(dataFolder, "endpoints.json");
        return File.Exists(file) ? JsonSerializer.Deserialize<Endpoints>(File.ReadAllText(file), CoordinatorRest.Json) : null;
    }

    /// <summary>The coordinator's first admin key, for whoever may read its folder; null where it asks for none.</summary>
    public static string? ReadKey(string dataFolder)
    {
        var file = Path.Combine(dataFolder, FirstKey);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }
}
