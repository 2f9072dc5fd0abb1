namespace Federated.Privacy.Numerics;

/// <summary>The normal distribution with small relative error far into its tails, where privacy lives.</summary>
public static class NormalTail
{
    const double SqrtPi = 1.772453850905516027298;
    const double Sqrt2 = 1.4142135623730950488;

    /// <summary>P[N(0,1) &gt; x]; relative error about 1e-14 for x up to 37, below which fp64 ends.</summary>
    public static double Above(double x) => x switch
    {
        double.PositiveInfinity => 0,
        double.NegativeInfinity => 1,
        _ => 0.5 * Erfc(x / Sqrt2),
    };

    /// <summary>P[N(0,1) &lt;= x].</summary>
    public static double Below(double x) => Above(-x);

    /// <summary>P[a &lt; N(0,1) &lt;= b] for a &lt;= b, from the tail in which nothing cancels.</summary>
    public static double Between(double a, double b) => a >= 0 ? Above(a) - Above(b) : b <= 0 ? Below(b) - Below(a) : 1 - Below(a) - Above(b);

    /// <summary>The complementary error function.</summary>
    public static double Erfc(double x)
    {
        if (x < 0)
            return 2 - Erfc(-x);
        return x < 2 ? 1 - Erf(x) : Math.Exp(-x * x) / SqrtPi / Fraction(x);
    }

    // erf(x) = 2/sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (2n+1)!!, whose terms are all positive.
    static double Erf(double x)
    {
        var (term, sum) = (x, x);
        for (var n = 1; term > sum * 1e-17; n++)
            sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / SqrtPi * Math.Exp(-x * x) * sum;
    }

    // x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...))), from a depth at which it has converged for x >= 2.
    static double Fraction(double x)
    {
        var value = x;
        for (var n = x < 4 ? 120 : 40; n >= 1; n--)
            value = x + 0.5 * n / value;
        return value;
    }
}
