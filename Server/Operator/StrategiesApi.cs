using Federated.Aggregators.Strategies;

namespace Federated.Server.Operator;

/// <summary>What a run may name as its strategy.</summary>
static class StrategiesApi
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/strategies", () => Bundles);

    static readonly object[] Bundles = [.. StrategyCatalog.Default.Bundles.Select(b => new { name = b.Name, summary = b.Summary })];
}
