namespace Federated.Cli.Bench.Report;

/// <summary>One measured thing.</summary>
/// <param name="Name">What was measured, in which setting.</param>
/// <param name="Unit">Of the samples.</param>
/// <param name="Samples">As measured.</param>
/// <param name="Ratio">To what it is compared with; null where nothing is.</param>
/// <param name="Details">Other numbers of the same measurement.</param>
sealed record BenchEntry(string Name, string Unit, IReadOnlyList<double> Samples, double? Ratio, IReadOnlyDictionary<string, double> Details)
{
    public BenchEntry(string name, string unit, IReadOnlyList<double> samples, double? ratio) : this(name, unit, samples, ratio, new Dictionary<string, double>()) { }

    /// <summary>Everything that was measured, in the benchmark's own form; null where the samples and details are all.</summary>
    public object? Runs { get; init; }

    public double? Median => MedianOf(Samples) is var median && double.IsNaN(median) ? null : median;

    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
