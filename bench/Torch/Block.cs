using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Bench.Torch;

/// <summary>One transformer layer: attention and a ReLU feed-forward, each after a norm and around a residual.</summary>
sealed class Block : nn.Module<Tensor, Tensor>
{
    const long Head = LoraVit.Width / LoraVit.Heads;

    readonly LayerNorm norm1 = Frozen.Of(nn.LayerNorm(LoraVit.Width));
    readonly LoraLinear qkv = new(LoraVit.Width, 3 * LoraVit.Width);
    readonly LoraLinear proj = new(LoraVit.Width, LoraVit.Width);
    readonly LayerNorm norm2 = Frozen.Of(nn.LayerNorm(LoraVit.Width));
    readonly Linear fc1 = Frozen.Of(nn.Linear(LoraVit.Width, 4 * LoraVit.Width));
    readonly LoraLinear fc2 = new(4 * LoraVit.Width, LoraVit.Width);

    public Block()
        : base(nameof(Block)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        var (batch, tokens) = (input.size(0), input.size(1));
        var heads = qkv.call(norm1.call(input)).view(batch, tokens, 3, LoraVit.Heads, Head).permute(2, 0, 3, 1, 4).unbind(0);
        var weights = (heads[0] * Math.Pow(Head, -0.5)).matmul(heads[1].transpose(-2, -1)).softmax(-1);
        var x = input + proj.call(weights.matmul(heads[2]).transpose(1, 2).reshape(batch, tokens, LoraVit.Width));
        return x + fc2.call(fc1.call(norm2.call(x)).relu());
    }
}
