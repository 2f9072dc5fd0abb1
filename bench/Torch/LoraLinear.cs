using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Bench.Torch;

/// <summary>x W^T + b + (x A^T) B^T with W and b frozen.</summary>
sealed class LoraLinear : nn.Module<Tensor, Tensor>
{
    readonly Linear inner;
    readonly Parameter a; // [rank, inputs]
    readonly Parameter b; // [outputs, rank]

    public LoraLinear(long inputs, long outputs)
        : base(nameof(LoraLinear))
    {
        inner = Frozen.Of(nn.Linear(inputs, outputs));
        a = (randn(LoraVit.Rank, inputs) * 0.02).AsParameter();
        b = zeros(outputs, LoraVit.Rank).AsParameter();
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => inner.call(input) + nn.functional.linear(nn.functional.linear(input, a), b);
}
