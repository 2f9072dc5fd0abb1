using System.Globalization;
using System.Text.Json.Serialization;
using Federated.Cli.Bench.Report;
using Federated.Cli.Demo;

namespace Federated.Cli.Bench;

/// <summary>The demo over several seeds: mean and spread of every row.</summary>
sealed record VisionBench(IReadOnlyList<ulong> Seeds, IReadOnlyList<VisionRow> Rows)
{
    public static VisionBench Of(IReadOnlyList<DemoResult> results) => new([.. results.Select(result => result.Settings.Seed)],
        [.. results[0].Rows.Select((row, index) => VisionRow.Of(row.Name, [.. results.Select(result => result.Rows[index])]))]);

    /// <summary>Each row's average accuracy, seed by seed.</summary>
    public IReadOnlyList<BenchEntry> Entries => [.. Rows.Select(row => new BenchEntry(row.Name, "accuracy", row.Averages, null) { Runs = new { Seeds, row } })];
}

/// <summary>One row over the seeds; accuracies are shares in [0, 1], the spread is the sample standard deviation.</summary>
sealed record VisionRow(string Name, [property: JsonIgnore] IReadOnlyList<double> Averages, Spread Average, Spread? Own, Spread? AfterFive, Spread? FirstBias, Spread? SecondsPerRound)
{
    public static VisionRow Of(string name, IReadOnlyList<Row> rows) => new(
        name,
        [.. rows.Select(row => row.Average)],
        Spread.Of(rows.Select(row => (double?)row.Average))!,
        Spread.Of(rows.Select(row => row.Own)),
        Spread.Of(rows.Select(row => row.AccuracyAfter(5))),
        Spread.Of(rows.Select(row => row.Rounds.FirstOrDefault(point => point.Round == 1)?.BiasRatio)),
        Spread.Of(rows.Select(row => row.SecondsPerRound)));
}

sealed record Spread(double Mean, double Deviation)
{
    public static Spread? Of(IEnumerable<double?> values)
    {
        var known = values.OfType<double>().ToArray();
        if (known.Length == 0) return null;
        var mean = known.Average();
        return new(mean, known.Length < 2 ? 0 : Math.Sqrt(known.Sum(value => (value - mean) * (value - mean)) / (known.Length - 1)));
    }

    /// <param name="format">Of both numbers.</param>
    public string Text(string format) => $"{Mean.ToString(format, CultureInfo.InvariantCulture)} ± {Deviation.ToString(format, CultureInfo.InvariantCulture)}";

    public string Percent() => string.Create(CultureInfo.InvariantCulture, $"{100 * Mean:0.0} ± {100 * Deviation:0.0}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mean:0.000} ± {Deviation:0.000}");
}
