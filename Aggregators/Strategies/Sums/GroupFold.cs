using System.Numerics.Tensors;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>What a rule is given for one group, and where it puts its proposal.</summary>
public sealed class GroupFold
{
    readonly AdapterTensors _previous;
    readonly SpareArrays<double> _spare;
    readonly double[]?[] _proposed;
    readonly List<OffsetFactor> _offsets = [];

    internal GroupFold(LayoutGroup group, AdapterTensors previous, int contributors, long round, StateAccess state, SpareArrays<double> spare)
    {
        (Group, _previous, Contributors, Round, State, _spare) = (group, previous, contributors, round, state, spare);
        _proposed = new double[group.Tensors.Count][];
    }

    /// <summary>The group with its rank.</summary>
    public LayoutGroup Group { get; }

    /// <summary>Clients that trained it, 1 or more.</summary>
    public int Contributors { get; }

    /// <summary>The round's number.</summary>
    public long Round { get; }

    /// <summary>What the rule remembers of this group.</summary>
    public StateAccess State { get; }

    /// <summary>Why the rule falls back to its plain form; shown to operators.</summary>
    public string? Fallback { get; set; }

    /// <summary>||B' - B|| / ||B|| of a correction; shown to operators.</summary>
    public double? CorrectionRatio { get; set; }

    /// <summary>The factors of a product group.</summary>
    /// <exception cref="InvalidOperationException">The group is no product.</exception>
    public ProductFactors Factors => ProductFactors.Of(Group);

    internal IReadOnlyList<double[]?> Proposed => _proposed;

    internal IReadOnlyList<OffsetFactor> Offsets => _offsets;

    /// <summary>The previous version's values of a tensor of the group.</summary>
    public ReadOnlySpan<float> Previous(int tensor) => _previous[Group.Tensors[tensor].Index];

    /// <summary>Proposes new values for a tensor of the group; the array is taken over. Tensors without a proposal keep their value.</summary>
    public void Propose(int tensor, double[] values)
    {
        if (values.Length != Group.Tensors[tensor].Elements)
            throw new ArgumentException($"Tensor '{Group.Tensors[tensor].Name}' has {Group.Tensors[tensor].Elements} elements, not {values.Length}.", nameof(values));
        _proposed[tensor] = values;
    }

    /// <summary>Appends a frozen factor to the version.</summary>
    public void AddOffset(OffsetFactor offset) => _offsets.Add(offset);

    /// <summary>previous + delta, formed in fp64. The array may be written to; it is used again once the group is folded.</summary>
    public double[] Apply(int tensor, ReadOnlySpan<double> delta)
    {
        var values = _spare.Take(Group.Tensors[tensor].Elements);
        TensorPrimitives.ConvertTruncating(Previous(tensor), values);
        TensorPrimitives.Add(values, delta[..values.Length], values);
        return values;
    }
}
