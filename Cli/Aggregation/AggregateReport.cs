using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Cli.Aggregation;

/// <summary>report.json.</summary>
/// <param name="Strategy">As it was asked for.</param>
/// <param name="Parts">The strategies that it stands for, by kind.</param>
/// <param name="Settings">As they were given.</param>
/// <param name="Round">The round's number.</param>
/// <param name="Previous">Folder of the version that the clients started from; absent when it was zeros.</param>
/// <param name="Clients">In fold order.</param>
/// <param name="Groups">In the adapter's order.</param>
sealed record AggregateReport(string Strategy, SortedDictionary<string, string> Parts, IReadOnlyList<string> Settings, long Round, string? Previous,
    IReadOnlyList<ReportedClient> Clients, IReadOnlyList<ReportedGroup> Groups)
{
    public static AggregateReport Of(AggregateRequest request, Composition composition, FoldInput input, FoldResult result) => new(
        request.Strategy,
        new(composition.Strategies.ToDictionary(s => Enum.GetName(s.Key)!, s => s.Value.Name), StringComparer.Ordinal),
        request.Settings,
        request.Round,
        request.Previous,
        [.. result.Weights.Select(w => new ReportedClient(w.ClientId, input.Contributions.First(c => c.ClientId == w.ClientId).Samples))],
        [.. result.Diagnostics.Select((d, g) => ReportedGroup.Of(d, result, g))]);
}
