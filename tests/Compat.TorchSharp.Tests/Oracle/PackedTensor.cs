using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Oracle;

/// <summary>A tensor as oracle.py writes it: float32 or float64 bytes, anything else widened to float64.</summary>
sealed record PackedTensor(
    [property: JsonPropertyName("shape")] long[] Shape,
    [property: JsonPropertyName("dtype")] string Dtype,
    [property: JsonPropertyName("data")] string Data)
{
    public Tensor ToTensor()
    {
        var tensor = empty(Shape, Dtype == "float32" ? ScalarType.Float32 : ScalarType.Float64);
        tensor.bytes = Convert.FromBase64String(Data);
        return tensor;
    }

    /// <summary>The input of a case, which may have been integers or booleans.</summary>
    public Tensor ToInput(string kind) => kind switch
    {
        "int64" => ToTensor().to(ScalarType.Int64),
        "bool" => ToTensor().to(ScalarType.Bool),
        _ => ToTensor().requires_grad_(),
    };

    /// <summary>Same shape, and no element further off than 1e-6 of the largest.</summary>
    public void AssertEqual(Tensor actual, string what)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(Shape, actual.shape);
        var wanted = ToTensor().to(ScalarType.Float64);
        var got = actual.detach().to(ScalarType.Float64).contiguous();
        if (wanted.numel() == 0)
            return;
        var bound = 1e-6 * Math.Max(wanted.abs().max().ToDouble(), 1e-6);
        var off = (wanted - got).abs().max().ToDouble();
        Assert.True(off <= bound, $"{what}: off by {off}, allowed {bound}");
    }
}
