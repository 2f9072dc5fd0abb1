namespace Federated.Client.Data.Domains;

/// <summary>
/// target(p) = source(M (p - c) + c), c the centre, sampled bilinearly, black outside. Coordinates are 16.16 fixed point,
/// so that the last bit of sin and cos, which differs between C libraries, does not reach the pixels.
/// </summary>
sealed class AffineWarp(double xx, double xy, double yx, double yy) : IImageTransform
{
    const int Fraction = 16;
    const int One = 1 << Fraction;

    readonly long _xx = Fixed(xx), _xy = Fixed(xy), _yx = Fixed(yx), _yy = Fixed(yy);

    /// <summary>Counter-clockwise.</summary>
    public static AffineWarp Rotation(double degrees)
    {
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        return new AffineWarp(cos, -sin, sin, cos);
    }

    public void Apply(ReadOnlySpan<byte> source, Span<byte> target, ImageShape shape, ref CounterRandom random)
    {
        // Twice the offset from the centre is a whole number, for even and odd sizes alike.
        for (var i = 0; i < shape.Rows; i++)
        {
            long y2 = 2 * i - (shape.Rows - 1);
            for (var j = 0; j < shape.Columns; j++)
            {
                long x2 = 2 * j - (shape.Columns - 1);
                var x = (_xx * x2 + _xy * y2 + (long)(shape.Columns - 1) * One) / 2;
                var y = (_yx * x2 + _yy * y2 + (long)(shape.Rows - 1) * One) / 2;
                target[i * shape.Columns + j] = Sample(source, shape, x, y);
            }
        }
    }

    static byte Sample(ReadOnlySpan<byte> source, ImageShape shape, long x, long y)
    {
        int column = (int)(x >> Fraction), row = (int)(y >> Fraction);
        long fx = x & (One - 1), fy = y & (One - 1);
        var top = Pixel(source, shape, row, column) * (One - fx) + Pixel(source, shape, row, column + 1) * fx;
        var bottom = Pixel(source, shape, row + 1, column) * (One - fx) + Pixel(source, shape, row + 1, column + 1) * fx;
        return (byte)((top * (One - fy) + bottom * fy + (1L << (2 * Fraction - 1))) >> (2 * Fraction));
    }

    static long Pixel(ReadOnlySpan<byte> source, ImageShape shape, int row, int column) =>
        (uint)row < (uint)shape.Rows && (uint)column < (uint)shape.Columns ? source[row * shape.Columns + column] : 0;

    static long Fixed(double value) => (long)Math.Round(value * One);
}
