namespace Federated.Aggregators.Strategies;

/// <summary>What a composition remembers between rounds: named fp32 arrays, stored with the adapter version. Immutable.</summary>
public sealed class StrategyState
{
    readonly SortedDictionary<string, float[]> _tensors;

    /// <summary>Takes the arrays over.</summary>
    public StrategyState(IEnumerable<KeyValuePair<string, float[]>> tensors) => _tensors = new(tensors.ToDictionary(), StringComparer.Ordinal);

    /// <summary>Nothing remembered.</summary>
    public static StrategyState Empty { get; } = new([]);

    /// <summary>Names in ordinal order with their values.</summary>
    public IEnumerable<KeyValuePair<string, ReadOnlyMemory<float>>> Tensors => _tensors.Select(t => KeyValuePair.Create(t.Key, (ReadOnlyMemory<float>)t.Value));

    /// <summary>The values under a name; empty when there are none.</summary>
    public ReadOnlySpan<float> this[string name] => _tensors.TryGetValue(name, out var values) ? values : default;
}
