using System.Runtime.InteropServices;
using Federated.Aggregators.Strategies;

namespace Federated.Server.Aggregation;

/// <summary>What is left of a fold once its parts were taken.</summary>
/// <param name="before">What the strategy remembered before.</param>
sealed class FoldSummary(StrategyState before)
{
    readonly List<GroupDiagnostics> _diagnostics = [];
    Dictionary<string, float[]>? _changed;
    StrategyState? _first;

    /// <summary>Of every group, in order.</summary>
    public IReadOnlyList<GroupDiagnostics> Diagnostics => _diagnostics;

    /// <summary>What the strategy remembers now.</summary>
    public StrategyState State => _changed is null ? _first ?? before : new StrategyState(_changed);

    public void Add(FoldResult part)
    {
        _diagnostics.AddRange(part.Diagnostics);
        if (_first is null)
        {
            _first = part.State;
            return;
        }
        _changed ??= _first.Tensors.ToDictionary(t => t.Key, t => t.Value.ToArray(), StringComparer.Ordinal);
        foreach (var (name, values) in part.State.Tensors.Where(t => !IsAsBefore(t.Key, t.Value.Span)))
            _changed[name] = values.ToArray();
    }

    // A part hands on what it does not own as it was; bits are compared, because a zero has a sign.
    bool IsAsBefore(string name, ReadOnlySpan<float> values) => MemoryMarshal.AsBytes(before[name]).SequenceEqual(MemoryMarshal.AsBytes(values));
}
