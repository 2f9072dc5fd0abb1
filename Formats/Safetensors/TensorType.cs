namespace Federated.Formats.Safetensors;

/// <summary>Element types of the safetensors format that can be read.</summary>
public enum TensorType
{
    /// <summary>binary64.</summary>
    F64,
    /// <summary>binary32.</summary>
    F32,
    /// <summary>binary16.</summary>
    F16,
    /// <summary>bfloat16.</summary>
    BF16,
    /// <summary>Signed 64-bit integer.</summary>
    I64,
    /// <summary>Signed 32-bit integer.</summary>
    I32,
    /// <summary>Unsigned byte.</summary>
    U8,
}
