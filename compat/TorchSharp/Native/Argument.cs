using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Native;

/// <summary>One argument of an operator. It keeps what it points to reachable until the call has returned.</summary>
readonly struct Argument
{
    readonly object? _reference;
    readonly long _bits;
    readonly ValueKind _kind;

    Argument(ValueKind kind, long bits, object? reference = null)
    {
        _kind = kind;
        _bits = bits;
        _reference = reference;
    }

    /// <summary>Machine words that <see cref="Write"/> needs beside the value itself.</summary>
    public int Words => _kind switch
    {
        ValueKind.Integers or ValueKind.Tensors or ValueKind.OptionalTensors => (int)_bits,
        ValueKind.Text => (Encoding.UTF8.GetMaxByteCount((int)_bits) / sizeof(long)) + 1,
        _ => 0,
    };

    public static Argument OfOptional(Tensor?[] tensors) => new(ValueKind.OptionalTensors, tensors.Length, tensors);

    public static Argument OfTensors(IEnumerable<Tensor> tensors) => tensors as Tensor[] ?? [.. tensors];

    public static implicit operator Argument(Tensor? tensor) => tensor is null ? default : new(ValueKind.Tensor, tensor.Handle, tensor);
    public static implicit operator Argument(long value) => new(ValueKind.Integer, value);
    public static implicit operator Argument(long? value) => value is { } v ? v : default(Argument);
    public static implicit operator Argument(double value) => new(ValueKind.Real, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Argument(double? value) => value is { } v ? v : default(Argument);
    public static implicit operator Argument(bool value) => new(ValueKind.Boolean, value ? 1 : 0);
    public static implicit operator Argument(bool? value) => value is { } v ? v : default(Argument);
    public static implicit operator Argument(ScalarType value) => new(ValueKind.Integer, (long)value);
    public static implicit operator Argument(ScalarType? value) => value is { } v ? v : default(Argument);
    public static implicit operator Argument(string? value) => value is null ? default : new(ValueKind.Text, value.Length, value);
    public static implicit operator Argument(long[]? value) => value is null ? default : new(ValueKind.Integers, value.Length, value);
    public static implicit operator Argument(Tensor[] value) => new(ValueKind.Tensors, value.Length, value);
    public static implicit operator Argument(Device? value) => value is null ? default : new(ValueKind.Device, (long)value.type, value);
    public static implicit operator Argument(Generator? value) => value is null ? default : new(ValueKind.Generator, value.Handle, value);
    public static implicit operator Argument(Scalar? value) => value is null ? default : new(value.Kind, value.Bits);

    /// <summary>Writes the value; returns the words of <paramref name="scratch"/> it used.</summary>
    public unsafe int Write(ref NativeValue value, long* scratch)
    {
        value.Kind = (long)_kind;
        switch (_kind)
        {
            case ValueKind.Integers:
                ((long[])_reference!).CopyTo(new Span<long>(scratch, (int)_bits));
                break;
            case ValueKind.Tensors or ValueKind.OptionalTensors:
                var tensors = (Tensor?[])_reference!;
                for (var i = 0; i < tensors.Length; i++)
                    scratch[i] = tensors[i]?.Handle ?? 0;
                break;
            case ValueKind.Text:
                value.Bits = (long)scratch;
                value.Length = Encoding.UTF8.GetBytes((string)_reference!, new Span<byte>(scratch, Words * sizeof(long)));
                return Words;
            case ValueKind.Device:
                value.Bits = _bits;
                value.Length = ((Device)_reference!).index;
                return 0;
            default:
                value.Bits = _bits;
                return 0;
        }
        value.Bits = (long)scratch;
        value.Length = _bits;
        return (int)_bits;
    }
}
