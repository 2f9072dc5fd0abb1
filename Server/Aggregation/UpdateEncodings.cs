using Federated.Aggregators.Adapters;

namespace Federated.Server.Aggregation;

static class UpdateEncodings
{
    /// <summary>The encoding that a RunSpec names.</summary>
    public static TensorEncoding Of(string name) => name switch
    {
        "f32" => TensorEncoding.F32,
        "f16" => TensorEncoding.F16,
        "bf16" => TensorEncoding.BF16,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Unknown encoding."),
    };
}
