namespace Federated.Client.Data.Domains;

/// <summary>Separable Gaussian blur with the edge pixels repeated; integer weights that add up to 2^16 exactly.</summary>
sealed class GaussianBlur : IImageTransform
{
    const int One = 1 << 16;

    readonly int[] _kernel;
    readonly int _radius;

    public GaussianBlur(double sigma)
    {
        _radius = (int)Math.Ceiling(3 * sigma);
        var weights = Enumerable.Range(-_radius, 2 * _radius + 1).Select(k => Math.Exp(-k * k / (2 * sigma * sigma))).ToArray();
        var total = weights.Sum();
        _kernel = [.. weights.Select(w => (int)Math.Round(w / total * One))];
        _kernel[_radius] += One - _kernel.Sum();
    }

    public void Apply(ReadOnlySpan<byte> source, Span<byte> target, ImageShape shape, ref CounterRandom random)
    {
        Span<byte> rows = shape.Size <= 4096 ? stackalloc byte[shape.Size] : new byte[shape.Size];
        Pass(source, rows, shape.Rows, shape.Columns, shape.Columns, 1);
        Pass(rows, target, shape.Columns, shape.Rows, 1, shape.Columns);
    }

    void Pass(ReadOnlySpan<byte> source, Span<byte> target, int lines, int length, int lineStride, int step)
    {
        for (var line = 0; line < lines; line++)
            for (var i = 0; i < length; i++)
            {
                var sum = One / 2;
                for (var k = -_radius; k <= _radius; k++)
                    sum += _kernel[k + _radius] * source[line * lineStride + Math.Clamp(i + k, 0, length - 1) * step];
                target[line * lineStride + i * step] = (byte)(sum >> 16);
            }
    }
}
