using TorchSharp.Native;

namespace TorchSharp;

/// <summary>A number on its way into an operator. Integers and booleans keep their type, so that an integer tensor stays one.</summary>
public sealed class Scalar : IDisposable
{
    internal Scalar(ValueKind kind, long bits)
    {
        Kind = kind;
        Bits = bits;
    }

    internal Scalar(double value)
        : this(ValueKind.Real, BitConverter.DoubleToInt64Bits(value))
    {
    }

    internal ValueKind Kind { get; }
    internal long Bits { get; }
    internal double Real => Kind == ValueKind.Real ? BitConverter.Int64BitsToDouble(Bits) : Bits;
    internal long Integer => Kind == ValueKind.Real ? (long)BitConverter.Int64BitsToDouble(Bits) : Bits;

    public torch.ScalarType Type => Kind switch
    {
        ValueKind.Real => torch.ScalarType.Float64,
        ValueKind.Boolean => torch.ScalarType.Bool,
        _ => torch.ScalarType.Int64,
    };

    public static implicit operator Scalar(byte value) => value.ToScalar();
    public static implicit operator Scalar(sbyte value) => value.ToScalar();
    public static implicit operator Scalar(short value) => value.ToScalar();
    public static implicit operator Scalar(int value) => value.ToScalar();
    public static implicit operator Scalar(long value) => value.ToScalar();
    public static implicit operator Scalar(Half value) => value.ToScalar();
    public static implicit operator Scalar(float value) => value.ToScalar();
    public static implicit operator Scalar(double value) => value.ToScalar();
    public static implicit operator Scalar(bool value) => value.ToScalar();

    public void Dispose()
    {
    }
}
