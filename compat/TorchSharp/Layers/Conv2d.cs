using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class Conv2d : Convolution
{
    internal Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long) stride, (long, long)? padding, Padding? padding_type, (long, long) dilation, PaddingModes padding_mode, long groups, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(Conv2d), in_channels, out_channels, [kernel_size.Item1, kernel_size.Item2], groups, bias, device, dtype)
    {
        if (padding_mode != PaddingModes.Zeros)
            throw new NotSupportedException($"Conv2d pads with zeros only, not with {padding_mode}.");
        this.stride = [stride.Item1, stride.Item2];
        this.dilation = [dilation.Item1, dilation.Item2];
        this.padding = padding is var (rows, columns) ? [rows, columns] : null;
        this.padding_type = padding_type;
    }

    public override Tensor forward(Tensor input)
    {
        var shape = input.shape;
        if (shape.Length is not (3 or 4) || shape[^3] != in_channels)
            throw new ArgumentException($"Expected 3D (unbatched) or 4D (batched) input with {in_channels} channels to Conv2d, got [{string.Join(", ", shape)}].");
        return padding_type is { } type
            ? nn.functional.conv2d_padding(input, weight, bias, stride, type, dilation, groups)
            : nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
    }
}
