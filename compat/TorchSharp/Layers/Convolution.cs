using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What the convolutions share: weight [out_channels, in_channels / groups, kernel...] and bias [out_channels].</summary>
public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    protected Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    protected Parameter? _bias;

    private protected Convolution(string name, long in_channels, long out_channels, long[] kernel_size, long groups, bool bias, Device? device, ScalarType? dtype)
        : base(name)
    {
        if (groups <= 0 || in_channels % groups != 0 || out_channels % groups != 0)
            throw new ArgumentException($"in_channels {in_channels} and out_channels {out_channels} must be multiples of groups {groups}.", nameof(groups));
        this.in_channels = in_channels;
        this.out_channels = out_channels;
        this.kernel_size = kernel_size;
        this.groups = groups;
        weight = empty([out_channels, in_channels / groups, .. kernel_size], dtype, device).AsParameter();
        if (bias)
            this.bias = empty(out_channels, dtype, device).AsParameter();
        reset_parameters();
    }

    public long in_channels { get; }

    public long out_channels { get; }

    public long[] kernel_size { get; set; }

    public long[] stride { get; set; } = [];

    public long[]? padding { get; private protected init; }

    public Padding? padding_type { get; private protected init; }

    public long[] dilation { get; set; } = [];

    public long groups { get; set; }

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

    public void reset_parameters()
    {
        nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
        if (bias is null || nn.init.CalculateFanInAndFanOut(weight).fanIn is not (> 0 and var fan))
            return;
        var bound = 1 / Math.Sqrt(fan);
        nn.init.uniform_(bias, -bound, bound);
    }
}
