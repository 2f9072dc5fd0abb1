using Federated.Cli.Bench.Report;

namespace Federated.Bench.Aggregation;

/// <summary>Our seconds and, round by round, the median of the other side's seconds over ours.</summary>
/// <param name="Name">What was compared with what.</param>
/// <param name="Samples">Our seconds.</param>
/// <param name="Others">The other side's seconds, measured in the same rounds.</param>
/// <param name="Target">Smallest ratio that the project aims at; null means none is set.</param>
sealed record BenchResult(string Name, double[] Samples, double[] Others, double? Target)
{
    public string Unit { get; init; } = "s";

    public double Median => BenchEntry.MedianOf(Samples);

    public double OtherMedian => BenchEntry.MedianOf(Others);

    public double Ratio => BenchEntry.MedianOf(Others.Zip(Samples, (other, own) => other / own));

    public BenchEntry Entry => new(Name, Unit, Samples, Ratio, new Dictionary<string, double> { ["other"] = OtherMedian, ["target"] = Target ?? double.NaN });
}
