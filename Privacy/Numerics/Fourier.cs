using System.Numerics;

namespace Federated.Privacy.Numerics;

/// <summary>The discrete Fourier transform of a power of two of fp64 values, in place, radix 2.</summary>
static class Fourier
{
    public static void Forward(Complex[] values) => Transform(values, -1);

    /// <summary>The inverse of <see cref="Forward"/>, scaled.</summary>
    public static void Inverse(Complex[] values)
    {
        Transform(values, 1);
        for (var i = 0; i < values.Length; i++)
            values[i] /= values.Length;
    }

    static void Transform(Complex[] values, int sign)
    {
        Permute(values);
        var roots = new Complex[values.Length / 2];
        for (var k = 0; k < roots.Length; k++)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * k / values.Length);
            roots[k] = new Complex(cos, sign * sin);
        }
        for (var half = 1; half < values.Length; half *= 2)
        {
            var stride = values.Length / (2 * half);
            for (var start = 0; start < values.Length; start += 2 * half)
            {
                for (var k = 0; k < half; k++)
                {
                    var (even, odd) = (values[start + k], values[start + half + k] * roots[k * stride]);
                    (values[start + k], values[start + half + k]) = (even + odd, even - odd);
                }
            }
        }
    }

    static void Permute(Complex[] values)
    {
        for (int i = 1, j = 0; i < values.Length; i++)
        {
            var bit = values.Length / 2;
            for (; (j & bit) != 0; bit /= 2)
                j ^= bit;
            j ^= bit;
            if (i < j)
                (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
