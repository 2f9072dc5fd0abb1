using static TorchSharp.torch;

namespace TorchSharp.Tests.Oracle;

/// <summary>The inputs of a case, by the names that its Python expression uses.</summary>
sealed class OracleInputs(ScalarType type, params Tensor[] tensors)
{
    public ScalarType Type => type;

    public Tensor A => tensors[0];

    public Tensor B => tensors[1];

    public Tensor C => tensors[2];

    public Tensor D => tensors[3];
}
