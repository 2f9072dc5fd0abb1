namespace Federated.Privacy.Numerics;

/// <summary>
/// Logarithm, sine and cosine from additions, multiplications, divisions and square roots alone, which IEEE 754 fixes to the last bit: the C library's own
/// differ between machines, and a replayed noise must not.
/// </summary>
static class ExactFunctions
{
    /// <summary>ln x for 0 &lt; x &lt; infinity and normal; absolute error below 1e-15 times max(1, |ln x|).</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
            (mantissa, exponent) = (mantissa / 2, exponent + 1);
        // 2 atanh(s) = 2 (s + s^3/3 + s^5/5 + ...) with |s| below 0.172.
        var s = (mantissa - 1) / (mantissa + 1);
        var (square, sum) = (s * s, 0.0);
        for (var n = 23; n >= 3; n -= 2)
            sum = (sum + 1.0 / n) * square;
        return exponent * 0.6931471805599453 + 2 * (s + s * sum);
    }

    /// <summary>Sine and cosine of 2 pi u for 0 &lt;= u &lt; 1.</summary>
    public static (double Sin, double Cos) SinCosOfTurn(double u)
    {
        var octant = (int)(8 * u);
        var within = 8 * u - octant;
        // In every second octant the angle is measured back from the octant's end, so that it stays within pi/4 of an axis.
        var (sin, cos) = Small((octant % 2 == 0 ? within : 1 - within) * 0.7853981633974483);
        return octant switch
        {
            0 => (sin, cos),
            1 => (cos, sin),
            2 => (cos, -sin),
            3 => (sin, -cos),
            4 => (-sin, -cos),
            5 => (-cos, -sin),
            6 => (-cos, sin),
            _ => (-sin, cos),
        };
    }

    static (double Sin, double Cos) Small(double x)
    {
        var (square, sin, cos) = (x * x, 0.0, 0.0);
        for (var n = 17; n >= 3; n -= 2)
            sin = (1 - sin) * square / (n * (n - 1));
        for (var n = 18; n >= 2; n -= 2)
            cos = (1 - cos) * square / (n * (n - 1));
        return (x * (1 - sin), 1 - cos);
    }
}
