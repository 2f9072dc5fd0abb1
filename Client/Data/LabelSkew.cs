using System.Globalization;
using Federated.Client.Faults;

namespace Federated.Client.Data;

/// <summary>
/// Label skew between sites after Hsu, Qi and Brown (arXiv 1909.06335): a site's label proportions are drawn from a
/// symmetric Dirichlet(alpha); alpha towards 0 gives one label a site, large alpha equal proportions.
/// </summary>
public sealed record LabelSkew(double Alpha)
{
    /// <summary>Reads "iid" (null) or "dirichlet:ALPHA".</summary>
    /// <exception cref="ClientFault">F511: neither, or alpha outside 0.01 to 1000.</exception>
    public static LabelSkew? Parse(string text)
    {
        const string Prefix = "dirichlet:";
        if (text == "iid")
            return null;
        if (text.StartsWith(Prefix, StringComparison.Ordinal)
            && double.TryParse(text[Prefix.Length..], NumberStyles.Float, CultureInfo.InvariantCulture, out var alpha)
            && alpha is >= 0.01 and <= 1000)
            return new LabelSkew(alpha);
        throw ClientFaults.DataSplit($"Labels '{text}' is neither 'iid' nor 'dirichlet:ALPHA' with ALPHA from 0.01 to 1000.");
    }

    /// <summary>Proportions of <paramref name="labels"/> labels, adding up to 1.</summary>
    public double[] Proportions(int labels, ref CounterRandom random)
    {
        var p = new double[labels];
        for (var i = 0; i < labels; i++)
            p[i] = Gamma(Alpha, ref random);
        var total = p.Sum();
        // Very small alphas underflow; the limit alpha -> 0 of the Dirichlet is one label alone.
        if (!(total > 0))
        {
            p[random.Next(labels)] = total = 1;
        }
        for (var i = 0; i < labels; i++)
            p[i] /= total;
        return p;
    }

    /// <summary>Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); shapes below 1 are boosted.</summary>
    static double Gamma(double shape, ref CounterRandom random)
    {
        if (shape < 1)
            return Gamma(shape + 1, ref random) * Math.Pow(1 - random.NextDouble(), 1 / shape);
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = random.NextNormal();
            var v = Math.Pow(1 + c * x, 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < 0.5 * x * x + d - d * v + d * Math.Log(v))
                return d * v;
        }
    }
}
