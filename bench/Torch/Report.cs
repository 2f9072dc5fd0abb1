using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Federated.Bench.Torch;

/// <summary>The result as JSON: the training step at the top, everything else under details.</summary>
sealed record Report(string Name, string Machine, string[] ProcessorFlags, double[] Load, string Commit, string Command, double[] Samples, double Median, double? Ratio, IReadOnlyList<Measurement> Details)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Report Of(string root, Measurement headline, IReadOnlyList<Measurement> details)
    {
        var processor = File.ReadLines("/proc/cpuinfo").Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0].Trim(), pair => pair[1].Trim());
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[..3].Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new(
            "torch",
            $"{processor["model name"].FirstOrDefault()} x {Environment.ProcessorCount}",
            [.. (processor["flags"].FirstOrDefault() ?? "").Split(' ').Where(flag => flag.StartsWith("avx", StringComparison.Ordinal) || flag is "fma" or "amx_tile")],
            load,
            Git(root),
            "./federated bench torch",
            headline.Samples,
            headline.Median,
            headline.Ratio,
            details);
    }

    public void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, Json) + "\n");

    static string Git(string root)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", root, "rev-parse", "--short", "HEAD"]) { RedirectStandardOutput = true });
        return git?.StandardOutput.ReadToEnd().Trim() ?? "unknown";
    }
}
