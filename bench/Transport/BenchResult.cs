namespace Federated.Bench.Transport;

/// <summary>Samples of one measurement and, against the raw stream of the same round, the median of the ratios.</summary>
sealed record BenchResult(string Name, string Unit, double[] Samples, double Ratio)
{
    public double Median => MedianOf(Samples);

    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
