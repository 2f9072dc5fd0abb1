namespace Federated.Aggregators.Adapters;

/// <summary>One client's decoded delta, read piece by piece. Safe for concurrent readers; the same call always gives the same values.</summary>
public interface IDeltaSource
{
    /// <summary>Reads elements [<paramref name="elementOffset"/>, elementOffset + into.Length) of a tensor of the client's full layout; tensors that it did not train read as zero.</summary>
    /// <param name="tensor">Index in the client's full layout.</param>
    /// <param name="elementOffset">First element, row-major.</param>
    /// <param name="into">Where they go.</param>
    void Read(int tensor, long elementOffset, Span<float> into);

    /// <summary>The same elements in place where they are stored as fp32, or an empty span where they have to be decoded; valid as long as the source is.</summary>
    /// <param name="tensor">Index in the client's full layout.</param>
    /// <param name="elementOffset">First element, row-major.</param>
    /// <param name="length">Elements, 1 or more.</param>
    ReadOnlySpan<float> View(int tensor, long elementOffset, int length) => default;

    /// <summary>Says that a tensor will be read soon.</summary>
    /// <param name="tensor">Index in the client's full layout.</param>
    void Announce(int tensor) { }
}
