using Federated.Privacy.Numerics;

namespace Federated.Privacy.Accounting;

/// <summary>The Gaussian mechanism without sampling, exactly (Balle, Wang 2018, Theorem 8): delta = P[N &gt; e s - 1/2s] - e^e P[N &gt; e s + 1/2s].</summary>
public static class AnalyticGaussian
{
    /// <summary>The delta of one release.</summary>
    /// <param name="sigma">Noise multiplier, above 0.</param>
    /// <param name="epsilon">0 or more.</param>
    public static double Delta(double sigma, double epsilon) =>
        NormalTail.Above(epsilon * sigma - 0.5 / sigma) - Math.Exp(epsilon) * NormalTail.Above(epsilon * sigma + 0.5 / sigma);

    /// <summary>The epsilon of one release; k releases of multiplier z are one of z / sqrt(k).</summary>
    /// <param name="sigma">Noise multiplier, above 0.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    public static double Epsilon(double sigma, double delta)
    {
        if (Delta(sigma, 0) <= delta)
            return 0;
        var (low, high) = (0.0, 1.0);
        while (Delta(sigma, high) > delta)
            (low, high) = (high, 2 * high);
        for (var i = 0; i < 200 && high - low > 1e-15 * high; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Delta(sigma, middle) > delta ? (middle, high) : (low, middle);
        }
        return high;
    }
}
