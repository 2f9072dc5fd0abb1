using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>x W^T + b, with W of shape [out_features, in_features].</summary>
public sealed class Linear : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    Parameter? _bias;

    internal Linear(Parameter weight, Parameter? bias)
        : base(nameof(Linear))
    {
        (out_features, in_features) = (weight.shape[0], weight.shape[1]);
        this.weight = weight;
        this.bias = bias;
    }

    internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype)
        : this(empty(outputSize, inputSize, dtype, device).AsParameter(), hasBias ? empty(outputSize, dtype, device).AsParameter() : null)
    {
        nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
        if (bias is null || inputSize == 0)
            return;
        var bound = 1 / Math.Sqrt(inputSize);
        nn.init.uniform_(bias, -bound, bound);
    }

    public long in_features { get; set; }

    public long out_features { get; set; }

    public Parameter weight
    {
        get => _weight!;
        set => Assign(nameof(weight), ref _weight, value ?? throw new ArgumentNullException(nameof(value)));
    }

    public Parameter? bias
    {
        get => _bias;
        set => Assign(nameof(bias), ref _bias, value);
    }

    public override Tensor forward(Tensor input) => nn.functional.linear(input, _weight!, _bias);
}
