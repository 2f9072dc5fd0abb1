namespace Federated.Bench.Aggregation;

/// <summary>Our seconds and, round by round, the median of the other side's seconds over ours.</summary>
/// <param name="Name">What was compared with what.</param>
/// <param name="Samples">Our seconds.</param>
/// <param name="Others">The other side's seconds, measured in the same rounds.</param>
/// <param name="Target">Smallest ratio that the project aims at; null means none is set.</param>
sealed record BenchResult(string Name, double[] Samples, double[] Others, double? Target)
{
    public double Median => MedianOf(Samples);

    public double OtherMedian => MedianOf(Others);

    public double Ratio => MedianOf(Others.Zip(Samples, (other, own) => other / own));

    static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
