namespace Federated.Aggregators.Adapters;

/// <summary>One axis of a tensor: a size, or the symbolic rank <c>r</c> that an <see cref="AdapterPlan"/> fixes.</summary>
public readonly record struct Axis
{
    readonly int _size;

    Axis(int size) => _size = size;

    /// <summary>The symbolic rank.</summary>
    public static Axis Rank => default;

    /// <summary>Whether this is the symbolic rank.</summary>
    public bool IsRank => _size == 0;

    /// <summary>An axis of a fixed size, 1 or more.</summary>
    public static Axis Of(int size) => size > 0 ? new(size) : throw new ArgumentOutOfRangeException(nameof(size), size, "An axis has at least one element.");

    /// <summary>The size under a rank.</summary>
    public int Resolve(int rank) => IsRank ? rank : _size;

    /// <summary><c>r</c> or the size.</summary>
    public override string ToString() => IsRank ? "r" : _size.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A fixed size.</summary>
    public static implicit operator Axis(int size) => Of(size);
}
