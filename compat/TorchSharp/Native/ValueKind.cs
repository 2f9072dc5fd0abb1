namespace TorchSharp.Native;

/// <summary>shim::Kind.</summary>
enum ValueKind : long
{
    None,
    Tensor,
    Integer,
    Real,
    Boolean,
    Integers,
    Tensors,
    Text,
    Device,
    Generator,
    OptionalTensors,
}
