using Federated.Privacy.Numerics;

namespace Federated.Privacy.Accounting;

/// <summary>
/// Renyi divergence of the Poisson-subsampled Gaussian (Mironov, Talwar, Zhang, arXiv 1908.10530): ln A / (alpha - 1) with
/// A = E[r(x)^alpha], r = 1 - q + q e^((2x - 1) / 2 s^2), x ~ N(0, s^2). Computed as A - 1 = E[r^alpha - 1 - alpha (r - 1)], whose integrand is never
/// negative, so that small costs keep their digits.
/// </summary>
public static class RenyiDivergence
{
    /// <summary>The cost of one release at an order.</summary>
    /// <param name="rate">Sampling rate, 0 to 1.</param>
    /// <param name="sigma">Noise multiplier, 0 or more; 0 costs infinity.</param>
    /// <param name="alpha">The order, above 1.</param>
    public static double OfSampledGaussian(double rate, double sigma, double alpha)
    {
        if (!(alpha > 1))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, $"The order is {alpha}; above 1 is needed.");
        if (rate == 0)
            return 0;
        if (sigma == 0)
            return double.PositiveInfinity;
        if (rate == 1)
            return alpha / (2 * sigma * sigma);
        var logExcess = alpha == Math.Floor(alpha) ? LogExcessOfInteger(rate, sigma, (int)alpha) : LogExcess(rate, sigma, alpha);
        return (logExcess > 30 ? logExcess : NearZero.LogP1(Math.Exp(logExcess))) / (alpha - 1);
    }

    // sum_{i >= 2} C(alpha, i) (1 - q)^(alpha - i) q^i (e^((i^2 - i) / 2 s^2) - 1), in logarithms.
    static double LogExcessOfInteger(double rate, double sigma, int alpha)
    {
        var sum = new LogSum();
        var logBinomial = Math.Log(alpha);
        for (var i = 2; i <= alpha; i++)
        {
            logBinomial += Math.Log((alpha - i + 1.0) / i);
            var exponent = i * (i - 1.0) / (2 * sigma * sigma);
            sum.Add(logBinomial + (alpha - i) * NearZero.LogP1(-rate) + i * Math.Log(rate) + LogExpM1(exponent));
        }
        return sum.Value;
    }

    // The trapezoid rule converges exponentially on an integrand that is analytic in a strip of half-width pi s^2 and falls like a Gaussian.
    static double LogExcess(double rate, double sigma, double alpha)
    {
        var step = Math.Min(sigma / 8, sigma * sigma / 4);
        var reach = 14 * sigma;
        var sum = new LogSum();
        for (var i = (long)Math.Floor(-reach / step); i * step <= alpha + reach; i++)
        {
            var x = i * step;
            sum.Add(-x * x / (2 * sigma * sigma) + LogIntegrand(rate, (2 * x - 1) / (2 * sigma * sigma), alpha));
        }
        return sum.Value + Math.Log(step / (sigma * Math.Sqrt(2 * Math.PI)));
    }

    // ln(r^alpha - 1 - alpha (r - 1)) with r = 1 - q + q e^u.
    static double LogIntegrand(double rate, double u, double alpha)
    {
        var logRatio = u > 30 ? Math.Log(rate) + u + NearZero.LogP1((1 - rate) / rate * Math.Exp(-u)) : NearZero.LogP1(rate * NearZero.ExpM1(u));
        if (logRatio > 0.5)
            return alpha * logRatio + NearZero.LogP1(-alpha * Math.Exp((1 - alpha) * logRatio) + (alpha - 1) * Math.Exp(-alpha * logRatio));
        var y = NearZero.ExpM1(logRatio);
        if (Math.Abs(y) > 0.1)
            return Math.Log(NearZero.ExpM1(alpha * logRatio) - alpha * y);
        var (term, sum) = (alpha * y, 0.0);
        for (var n = 2; n < 200 && Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
            sum += term *= (alpha - n + 1) / n * y;
        return sum > 0 ? Math.Log(sum) : double.NegativeInfinity;
    }

    static double LogExpM1(double x) => x > 30 ? x + NearZero.LogP1(-Math.Exp(-x)) : Math.Log(NearZero.ExpM1(x));

    /// <summary>ln(sum e^t), the largest term kept apart so that nothing overflows.</summary>
    struct LogSum
    {
        double _largest = double.NegativeInfinity;
        double _sum;

        public LogSum() => _sum = 0;

        public readonly double Value => _largest + Math.Log(_sum);

        public void Add(double logTerm)
        {
            if (double.IsNegativeInfinity(logTerm))
                return;
            if (logTerm <= _largest)
            {
                _sum += Math.Exp(logTerm - _largest);
                return;
            }
            _sum = _sum * Math.Exp(_largest - logTerm) + 1;
            _largest = logTerm;
        }
    }
}
