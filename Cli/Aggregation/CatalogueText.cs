using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Cli.Aggregation;

/// <summary>The catalogue for a terminal: bundles, then strategies by kind with what they can do.</summary>
static class CatalogueText
{
    static readonly (string Name, Func<Capabilities, bool> Has)[] Flags =
    [
        ("exact", c => c.Exact), ("sum-only", c => c.LinearSum), ("mixed-ranks", c => c.MixedRanks), ("asynchronous", c => c.Asynchronous),
        ("keeps-basis", c => c.KeepsGauge), ("needs-kept-basis", c => c.NeedsGauge), ("publishes-means", c => c.PublishesMeans),
        ("needs-means", c => c.NeedsMeans), ("corrects-clients", c => c.CorrectsClients), ("needs-shared-factor", c => c.NeedsSharedFactor), ("adds-offsets", c => c.AddsOffsets),
    ];

    public static IEnumerable<string> Lines(StrategyCatalog catalog)
    {
        yield return "Bundles";
        foreach (var bundle in catalog.Bundles)
        {
            yield return $"  {bundle.Name,-18} {bundle.Summary}";
            yield return $"  {"",-18} {Words(Together(catalog, bundle))}{(bundle.Parts.Product is null ? "" : DownLink(Together(catalog, bundle)))}".TrimEnd();
        }
        foreach (var kind in Enum.GetValues<StrategyKind>())
        {
            yield return "";
            yield return Title(kind);
            foreach (var strategy in catalog.Of(kind))
            {
                yield return $"  {strategy.Name,-18} {strategy.Summary}";
                yield return $"  {"",-18} {Words(strategy.Capabilities)}{(kind == StrategyKind.Product ? DownLink(strategy.Capabilities) : "")}".TrimEnd();
            }
        }
    }

    // A bundle that chooses no product rule is made for adapters without products.
    static Capabilities Together(StrategyCatalog catalog, IBundle bundle)
    {
        var composition = catalog.Compose(FoldSpec.Of(bundle.Name));
        return bundle.Parts.Product is null
            ? composition.Capabilities(StrategyKind.Weigher, StrategyKind.Affine, StrategyKind.Opaque, StrategyKind.ServerOptimiser)
            : composition.Capabilities(StrategyKind.Weigher, StrategyKind.Product, StrategyKind.Affine, StrategyKind.ServerOptimiser);
    }

    static string Words(Capabilities can) => string.Join(" ", Flags.Where(w => w.Has(can)).Select(w => w.Name));

    static string DownLink(Capabilities can) => $" down-link {can.DownLink}";

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
