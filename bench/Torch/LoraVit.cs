using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Bench.Torch;

/// <summary>A small vision transformer over token embeddings with LoRA on qkv, proj and fc2; step.py holds the same in Python.</summary>
sealed class LoraVit : nn.Module<Tensor, Tensor>
{
    public const long Width = 64;
    public const long Heads = 4;
    public const int Layers = 4;
    public const long Tokens = 17;
    public const long Batch = 32;
    public const long Rank = 8;
    public const long Classes = 10;

    readonly Sequential blocks = nn.Sequential(Enumerable.Range(0, Layers).Select(_ => (nn.Module<Tensor, Tensor>)new Block()));
    readonly Linear head = Frozen.Of(nn.Linear(Width, Classes));

    public LoraVit()
        : base(nameof(LoraVit)) => RegisterComponents();

    public override Tensor forward(Tensor input) => head.call(blocks.call(input).mean([1]));
}
