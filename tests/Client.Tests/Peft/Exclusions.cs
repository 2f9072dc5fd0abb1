namespace Federated.Client.Tests.Peft;

/// <summary>What a method need not keep, and why. Everything else it must, on every model.</summary>
static class Exclusions
{
    public const string StartEqualsBase = nameof(StartEqualsBase), StartIsBitExact = nameof(StartIsBitExact), HasDelta = nameof(HasDelta), DeltaIsLocal = nameof(DeltaIsLocal), CanSpread = nameof(CanSpread);

    static readonly Dictionary<(string Check, string Method, string Model), string> OnOneModel = new()
    {
        [(DeltaIsLocal, "head", "gpt2")] = "the head shares the token table, where its delta would move the embeddings too",
    };

    static readonly Dictionary<(string Check, string Method), string> Reasons = new()
    {
        [(StartEqualsBase, "prompt")] = "vectors that tokens attend to change the output whatever their values",
        [(StartIsBitExact, "pissa")] = "the base minus s B0 A0 plus s B0 A0 is rounded",
        [(HasDelta, "prompt")] = "no weight has the effect of further tokens",
        [(HasDelta, "parallel-adapter")] = "a relu stands between its factors",
        [(CanSpread, "bitfit")] = "norms and fused products take one bias for all examples",
        [(CanSpread, "layernorm")] = "norms take one weight and one bias for all examples",
        [(CanSpread, "full")] = "norms and tables take one tensor for all examples, and a base for each would not fit memory",
    };

    public static bool Has(string check, string method) => Reasons.ContainsKey((check, method));

    public static bool Has(string check, string method, string model) => OnOneModel.ContainsKey((check, method, model));

    /// <summary>Methods named here, so that no exclusion outlives its method.</summary>
    public static IEnumerable<string> Methods => Reasons.Keys.Select(k => k.Method).Concat(OnOneModel.Keys.Select(k => k.Method));
}
