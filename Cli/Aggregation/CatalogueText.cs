using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Cli.Aggregation;

/// <summary>The catalogue for a terminal: bundles, then strategies by kind with what they can do.</summary>
static class CatalogueText
{
    static readonly (string Name, Func<Capabilities, bool> Has)[] Words =
    [
        ("exact", c => c.Exact), ("sum-only", c => c.LinearSum), ("mixed-ranks", c => c.MixedRanks), ("asynchronous", c => c.Asynchronous),
        ("keeps-basis", c => c.KeepsGauge), ("needs-kept-basis", c => c.NeedsGauge), ("needs-shared-factor", c => c.NeedsSharedFactor), ("adds-offsets", c => c.AddsOffsets),
    ];

    public static IEnumerable<string> Lines(StrategyCatalog catalog)
    {
        yield return "Bundles";
        foreach (var bundle in catalog.Bundles)
            yield return $"  {bundle.Name,-18} {bundle.Summary}";
        foreach (var kind in Enum.GetValues<StrategyKind>())
        {
            yield return "";
            yield return Title(kind);
            foreach (var strategy in catalog.Of(kind))
            {
                yield return $"  {strategy.Name,-18} {strategy.Summary}";
                yield return $"  {"",-18} {string.Join(" ", Words.Where(w => w.Has(strategy.Capabilities)).Select(w => w.Name))}".TrimEnd();
            }
        }
    }

    static string Title(StrategyKind kind) => kind switch
    {
        StrategyKind.Weigher => "Weighers (weigher)",
        StrategyKind.Product => "Rules for LoRA's products (product)",
        StrategyKind.Affine => "Rules for whole modules, heads, biases (affine)",
        StrategyKind.Opaque => "Rules for other modules (opaque)",
        StrategyKind.SeedTrace => "Rules for seeds and scalars (seed_trace)",
        _ => "Server optimisers (server_optimiser)",
    };
}
