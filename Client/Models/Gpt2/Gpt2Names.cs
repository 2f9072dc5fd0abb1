namespace Federated.Client.Models.Gpt2;

/// <summary>Tensor and module names of transformers' GPT2LMHeadModel; OpenAI's own checkpoints lack the prefix.</summary>
static class Gpt2Names
{
    public const string Prefix = "transformer.";
    public const string Tokens = "transformer.wte";
    public const string Positions = "transformer.wpe";
    public const string FinalNorm = "transformer.ln_f";
    public const string Head = "lm_head";

    public static string Layer(int index) => $"transformer.h.{index}";
}
