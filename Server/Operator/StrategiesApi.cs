using Federated.Aggregators.Strategies;
using Federated.Server.Identity;
using Federated.Server.Operator.Views;

namespace Federated.Server.Operator;

/// <summary>What a run may name as its strategy.</summary>
static class StrategiesApi
{
    static readonly IReadOnlyList<StrategyView> Bundles = [.. StrategyCatalog.Default.Bundles.Select(b => new StrategyView(b.Name, b.Summary))];

    public static void Map(RouteGroupBuilder api) => api.MapGet("/strategies", () => Bundles)
        .Needs(new RouteRule(Role.Viewer) { OpenToLimitedKeys = true }, "The bundles that a RunSpec may name as its strategy.").Produces<IReadOnlyList<StrategyView>>();
}
