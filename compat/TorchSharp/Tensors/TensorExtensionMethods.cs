using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp;

public static class TensorExtensionMethods
{
    public static float ToSingle(this Tensor value) => Read<float>(value, ScalarType.Float32);

    public static double ToDouble(this Tensor value) => Read<double>(value, ScalarType.Float64);

    public static Half ToHalf(this Tensor value) => Read<Half>(value, ScalarType.Float16);

    public static sbyte ToSByte(this Tensor value) => Read<sbyte>(value, ScalarType.Int8);

    public static byte ToByte(this Tensor value) => Read<byte>(value, ScalarType.Byte);

    public static short ToInt16(this Tensor value) => Read<short>(value, ScalarType.Int16);

    public static int ToInt32(this Tensor value) => Read<int>(value, ScalarType.Int32);

    public static long ToInt64(this Tensor value) => Read<long>(value, ScalarType.Int64);

    public static bool ToBoolean(this Tensor value) => Read<bool>(value, ScalarType.Bool);

    public static int ElementSize(this ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw new NotSupportedException($"The element type {type} has no known size."),
    };

    /// <summary>A parameter that takes the tensor over: the tensor itself is empty afterwards.</summary>
    public static Parameter AsParameter(this Tensor tensor) => new(tensor);

    static T Read<T>(Tensor value, ScalarType type)
        where T : unmanaged
    {
        if (value.dtype == type)
            return value.item<T>();
        using var converted = value.to_type(type);
        return converted.item<T>();
    }
}
