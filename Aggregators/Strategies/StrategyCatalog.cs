using Federated.Aggregators.Adapters;
using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>All strategies and bundles by name.</summary>
public sealed class StrategyCatalog
{
    static readonly FoldSpec Defaults = new()
    {
        Weigher = new("samples"),
        Product = new("fedit"),
        Affine = new("mean"),
        Opaque = new("mean"),
        SeedTrace = new("replay"),
        ServerOptimiser = new("none"),
    };

    readonly SortedDictionary<string, IBundle> _bundles = new(StringComparer.Ordinal);
    readonly Dictionary<StrategyKind, SortedDictionary<string, IStrategy>> _byKind =
        Enum.GetValues<StrategyKind>().ToDictionary(k => k, _ => new SortedDictionary<string, IStrategy>(StringComparer.Ordinal));

    /// <summary>A catalogue of the given parts.</summary>
    /// <exception cref="ArgumentException">Two of a kind share a name.</exception>
    public StrategyCatalog(IEnumerable<IStrategy> strategies, IEnumerable<IBundle> bundles)
    {
        foreach (var strategy in strategies)
        {
            foreach (var kind in strategy.Kinds)
            {
                if (!_byKind[kind].TryAdd(strategy.Name, strategy))
                    throw new ArgumentException($"Two strategies of kind {kind} are named '{strategy.Name}'.", nameof(strategies));
            }
        }
        foreach (var bundle in bundles)
        {
            if (!_bundles.TryAdd(bundle.Name, bundle))
                throw new ArgumentException($"Two bundles are named '{bundle.Name}'.", nameof(bundles));
        }
    }

    /// <summary>Everything in this assembly.</summary>
    public static StrategyCatalog Default { get; } = new(Discover<IStrategy>(), Discover<IBundle>());

    /// <summary>Bundles in ordinal order of their names.</summary>
    public IReadOnlyCollection<IBundle> Bundles => _bundles.Values;

    /// <summary>Strategies of a kind in ordinal order of their names.</summary>
    public IReadOnlyCollection<IStrategy> Of(StrategyKind kind) => _byKind[kind].Values;

    /// <summary>Finds and configures the parts.</summary>
    /// <exception cref="FormatException">A name or option is unknown (the nearest known one is named) or an option lies outside its range.</exception>
    public Composition Compose(FoldSpec spec)
    {
        var parts = Resolve(spec);
        var (weigher, product, affine, opaque, seeds, optimiser) = (
            Find<IWeigherStrategy>(StrategyKind.Weigher, parts.Weigher!), Find<IGroupStrategy>(StrategyKind.Product, parts.Product!),
            Find<IGroupStrategy>(StrategyKind.Affine, parts.Affine!), Find<IGroupStrategy>(StrategyKind.Opaque, parts.Opaque!),
            Find<IGroupStrategy>(StrategyKind.SeedTrace, parts.SeedTrace!),
            Find<IServerOptimiserStrategy>(StrategyKind.ServerOptimiser, parts.ServerOptimiser!));
        var strategies = new Dictionary<StrategyKind, IStrategy>
        {
            [StrategyKind.Weigher] = weigher,
            [StrategyKind.Product] = product,
            [StrategyKind.Affine] = affine,
            [StrategyKind.Opaque] = opaque,
            [StrategyKind.SeedTrace] = seeds,
            [StrategyKind.ServerOptimiser] = optimiser,
        };
        var rules = new Dictionary<Algebra, IGroupRule>
        {
            [Algebra.Product] = Configure(parts.Product!, "product", product.Configure),
            [Algebra.Affine] = Configure(parts.Affine!, "affine", affine.Configure),
            [Algebra.Opaque] = Configure(parts.Opaque!, "opaque", opaque.Configure),
            [Algebra.SeedTrace] = Configure(parts.SeedTrace!, "seed_trace", seeds.Configure),
        };
        return new Composition(strategies, Configure(parts.Weigher!, "weigher", weigher.Configure), rules,
            Configure(parts.ServerOptimiser!, "server_optimiser", optimiser.Configure));
    }

    /// <summary>Why a run with these requirements cannot use this spec, a sentence each; empty when it can.</summary>
    public IReadOnlyList<string> Refusals(FoldSpec spec, FoldRequirements requirements, AdapterSchema schema)
    {
        try
        {
            var refusals = CapabilityCheck.Refusals(Compose(spec), requirements, schema);
            return spec.Bundle is { } name && _bundles[name].Refusal(schema) is { } refusal ? [refusal, .. refusals] : refusals;
        }
        catch (FormatException e)
        {
            return [e.Message];
        }
    }

    FoldSpec Resolve(FoldSpec spec)
    {
        if (spec.Bundle is null)
            return spec.Over(Defaults);
        if (!_bundles.TryGetValue(spec.Bundle, out var bundle))
            throw new FormatException(NearestName.Sentence("Bundle", spec.Bundle, _bundles.Keys));
        return spec.Over(bundle.Parts).Over(Defaults);
    }

    T Find<T>(StrategyKind kind, RuleSpec rule) where T : class, IStrategy =>
        _byKind[kind].TryGetValue(rule.Name, out var strategy) && strategy is T typed ? typed
            : throw new FormatException(NearestName.Sentence($"{kind} strategy", rule.Name, _byKind[kind].Keys));

    static T Configure<T>(RuleSpec rule, string path, Func<StrictObject, T> configure)
    {
        var options = rule.OpenOptions(path);
        var configured = configure(options);
        options.Done();
        return configured;
    }

    static IEnumerable<T> Discover<T>() => typeof(StrategyCatalog).Assembly.GetTypes()
        .Where(t => t is { IsAbstract: false, IsInterface: false } && t.IsAssignableTo(typeof(T)) && t.GetConstructor(Type.EmptyTypes) is not null)
        .OrderBy(t => t.FullName, StringComparer.Ordinal)
        .Select(t => (T)Activator.CreateInstance(t)!);
}
