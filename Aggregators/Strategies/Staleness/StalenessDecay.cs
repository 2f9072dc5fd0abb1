namespace Federated.Aggregators.Strategies.Staleness;

/// <summary>How much a change counts by its age in versions: 1 (constant), 1 up to the threshold and less beyond, or (1 + age)^-exponent.</summary>
/// <param name="Decay">constant, threshold or polynomial.</param>
/// <param name="Exponent">Of polynomial, 0 to 100.</param>
/// <param name="Threshold">Of threshold, in versions.</param>
/// <param name="Beyond">What counts beyond the threshold, 0 to 1.</param>
sealed record StalenessDecay(string Decay, double Exponent, int Threshold, double Beyond)
{
    public double At(int age) => Decay switch
    {
        "threshold" => age <= Threshold ? 1 : Beyond,
        "polynomial" => 1 / Power(1.0 + age, Exponent),
        _ => 1,
    };

    // exp and log differ between C libraries; whole and half powers by multiplication and square root do not.
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
