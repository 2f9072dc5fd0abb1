namespace Federated.Aggregators.Strategies.Staleness;

/// <summary>n_k times 1 (constant), 1 up to the threshold and 0 beyond (threshold), or (1 + age)^-exponent (polynomial).</summary>
sealed class StalenessWeigher(string decay, double exponent, int threshold) : IWeigher
{
    public void Weigh(RoundMeasure round, double[,] weights)
    {
        for (var k = 0; k < weights.GetLength(0); k++)
        {
            var contribution = round.Contributions[k];
            for (var g = 0; g < weights.GetLength(1); g++)
                weights[k, g] = contribution.Samples * Factor(contribution.Staleness);
        }
    }

    // exp and log differ between C libraries; whole and half powers by multiplication and square root do not.
    double Factor(int age) => decay switch
    {
        "threshold" => age <= threshold ? 1 : 0,
        "polynomial" => 1 / Power(1.0 + age, exponent),
        _ => 1,
    };

    static double Power(double x, double exponent)
    {
        var whole = Math.Floor(exponent);
        var result = 1.0;
        for (var i = 0; i < whole; i++)
            result *= x;
        // The fraction in 30 binary digits, each a square root, which every processor rounds alike.
        var fraction = exponent - whole;
        for (var bit = 0; bit < 30 && fraction > 0; bit++)
        {
            x = Math.Sqrt(x);
            fraction *= 2;
            if (fraction >= 1)
            {
                result *= x;
                fraction -= 1;
            }
        }
        return result;
    }
}
