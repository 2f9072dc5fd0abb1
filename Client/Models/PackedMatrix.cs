using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using static TorchSharp.torch;

namespace Federated.Client.Models;

/// <summary>A frozen matrix in few bits a weight: I8 in blocks of 256, or NF4 in blocks of 64. It is widened where it is used, one matrix at a time.</summary>
public sealed class PackedMatrix
{
    readonly byte[] _bytes;
    readonly TensorEncoding _encoding;
    readonly long[] _stored;
    readonly bool _transposed;

    /// <param name="values">Finite, row-major as stored.</param>
    /// <param name="stored">Rows and columns as stored.</param>
    /// <param name="bits">8 or 4.</param>
    /// <param name="transposed">Whether the checkpoint stores [in, out].</param>
    public PackedMatrix(ReadOnlySpan<float> values, long[] stored, int bits, bool transposed)
    {
        (_stored, _transposed) = (stored, transposed);
        _encoding = bits switch
        {
            8 => TensorEncoding.I8Block,
            4 => TensorEncoding.NF4,
            _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "A matrix is packed in 8 or 4 bits a weight."),
        };
        _bytes = new byte[DeltaCodec.EncodedBytes(_encoding, values.Length)];
        DeltaCodec.Encode(_encoding, values, _bytes);
    }

    /// <summary>What it takes, scales included.</summary>
    public int Bytes => _bytes.Length;

    /// <summary>[out, in]</summary>
    public long[] Shape => _transposed ? [_stored[1], _stored[0]] : _stored;

    /// <summary>The fp32 matrix [out, in] that it stands for; the caller's.</summary>
    public Tensor Widen()
    {
        using var frozen = no_grad();
        var wide = empty(_stored);
        DeltaCodec.Decode(_encoding, _bytes, (int)(_stored[0] * _stored[1]), 0, MemoryMarshal.Cast<byte, float>(wide.bytes));
        return _transposed ? wide.t() : wide;
    }
}
