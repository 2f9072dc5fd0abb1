namespace Federated.Bench.Torch;

/// <summary>Seconds per call of one side, and how fast it is compared with Python (above 1: faster).</summary>
sealed record Measurement(string Name, double[] Samples, double Median, double? Ratio)
{
    public static Measurement Of(string name, IEnumerable<double> samples, double? reference = null)
    {
        var sorted = samples.Order().ToArray();
        var median = sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
        return new(name, sorted, median, reference / median);
    }
}
