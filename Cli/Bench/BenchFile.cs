using System.Text.Json;
using System.Text.Json.Serialization;
using Federated.Cli.Demo;

namespace Federated.Cli.Bench;

/// <summary>A benchmark's results with what is needed to judge them.</summary>
static class BenchFile
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Converters = { new JsonStringEnumConverter() }, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
    static readonly string[] Telling = ["fma", "avx2", "avx512f", "sha_ni", "aes"];

    /// <summary>One JSON document.</summary>
    /// <param name="command">The words after <c>./federated</c>.</param>
    /// <param name="samples">Each run in full.</param>
    /// <param name="values">The measured value of each; the file has their median.</param>
    /// <param name="ratios">Against what the benchmark compares with; the file has their median.</param>
    public static string Write(string command, IEnumerable<object> samples, IEnumerable<double> values, IEnumerable<double> ratios) => JsonSerializer.Serialize(new
    {
        machine = Machine.Describe(),
        processorFlags = Flags(),
        load = File.ReadAllText("/proc/loadavg").Split(' ')[..3],
        commit = Machine.Commit(),
        command,
        samples = samples.ToArray(),
        median = Median(values),
        ratio = Median(ratios),
    }, Json) + "\n";

    static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    static string[] Flags() => File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) is { } line
        ? [.. line.Split(' ').Intersect(Telling)] : [];
}
