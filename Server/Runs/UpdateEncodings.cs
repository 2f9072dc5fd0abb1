using Federated.Aggregators.Adapters;

namespace Federated.Server.Runs;

/// <summary>Encodings of updates by the names that a RunSpec uses.</summary>
static class UpdateEncodings
{
    static readonly Dictionary<string, TensorEncoding> ByName = new()
    {
        ["f32"] = TensorEncoding.F32,
        ["f16"] = TensorEncoding.F16,
        ["bf16"] = TensorEncoding.BF16,
        ["i8"] = TensorEncoding.I8Block,
        ["nf4"] = TensorEncoding.NF4,
        ["top-k"] = TensorEncoding.TopK,
    };

    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys];

    public static TensorEncoding Of(string name) => ByName[name];

    /// <summary>Whether what the encoding leaves out of one update is added to the client's next one.</summary>
    public static bool HasFeedback(string name) => Of(name) is TensorEncoding.I8Block or TensorEncoding.NF4 or TensorEncoding.TopK;
}
