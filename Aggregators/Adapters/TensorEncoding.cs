namespace Federated.Aggregators.Adapters;

/// <summary>How a delta's elements are written, little-endian. Each tensor is self-contained; sizes depend on the element count alone.</summary>
public enum TensorEncoding
{
    /// <summary>IEEE 754 binary32: 4 bytes an element.</summary>
    F32,
    /// <summary>An int32 exponent e, then binary16 values h with x = h * 2^-e: 4 + 2 bytes an element.</summary>
    F16,
    /// <summary>The upper half of binary32, rounded to nearest even: 2 bytes an element.</summary>
    BF16,
    /// <summary>Blocks of 256 elements, the last short: first a binary32 scale s per block, then an int8 q per element, x = q * s.</summary>
    I8Block,
    /// <summary>Blocks of 64 elements, the last short: first a binary32 scale per block, then 4-bit NormalFloat codes, two a byte, the even element in the low half.</summary>
    NF4,
    /// <summary>The k = ceil(elements / 16) entries of largest magnitude (lower index first on a tie): k uint32 indices, ascending, then k binary32 values.</summary>
    TopK,
}
