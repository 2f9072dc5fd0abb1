namespace Federated.Aggregators.Strategies.Rfa;

/// <summary>w_k proportional to p_k / max(nu, ||U_k - z||) with z = sum w_k U_k; every distance comes from the Gram matrix. Starts at the sample-weighted mean.</summary>
/// <param name="iterations">Weiszfeld steps.</param>
/// <param name="smoothing">nu, in the norm of effective changes.</param>
sealed class RfaWeigher(int iterations, double smoothing) : IWeigher
{
    public void Weigh(RoundMeasure round, double[,] weights)
    {
        var n = round.Contributions.Count;
        var gram = round.UpdateGram();
        var largest = round.Contributions.Max(c => c.Samples);
        if (!(largest > 0 && double.IsFinite(largest)))
            throw new FoldRefusedException($"The largest of the {n} sample counts is '{largest}'; a finite number above 0 is needed.");
        double[] p = [.. round.Contributions.Select(c => c.Samples / largest)];
        var w = Normalised(p);
        for (var step = 0; step < iterations; step++)
            w = Step(gram, p, w);
        for (var k = 0; k < n; k++)
        {
            for (var g = 0; g < weights.GetLength(1); g++)
                weights[k, g] = w[k];
        }
    }

    double[] Step(double[,] gram, double[] p, double[] w)
    {
        var n = w.Length;
        var product = new double[n];
        var square = 0.0;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
                product[i] = Math.FusedMultiplyAdd(gram[i, j], w[j], product[i]);
            square = Math.FusedMultiplyAdd(w[i], product[i], square);
        }
        return Normalised([.. Enumerable.Range(0, n).Select(k => p[k] / Math.Max(smoothing, Math.Sqrt(Math.Max(0, gram[k, k] - 2 * product[k] + square))))]);
    }

    static double[] Normalised(double[] x)
    {
        var sum = x.Sum();
        return [.. x.Select(v => v / sum)];
    }
}
