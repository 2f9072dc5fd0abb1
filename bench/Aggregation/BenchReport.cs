using System.Diagnostics;
using System.Text.Json;

namespace Federated.Bench.Aggregation;

/// <summary>The results with what is needed to judge them.</summary>
static class BenchReport
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    static readonly string[] Telling = ["fma", "avx2", "avx512f", "sha_ni", "aes"];

    public static void Write(string file, string command, IReadOnlyList<BenchResult> results)
    {
        var processor = File.ReadAllLines("/proc/cpuinfo");
        var machine = $"{Field(processor, "model name")}, {Environment.ProcessorCount} processors, {Environment.OSVersion}, .NET {Environment.Version}";
        var flags = Field(processor, "flags").Split(' ').Intersect(Telling).ToArray();
        var load = Load();
        var commit = Commit();
        File.WriteAllText(file, JsonSerializer.Serialize(results.Select(result => new
        {
            result.Name,
            Machine = machine,
            ProcessorFlags = flags,
            Load = load,
            Commit = commit,
            Command = command,
            result.Samples,
            result.Median,
            result.Ratio,
        }), Json) + "\n");
    }

    public static string[] Load() => File.ReadAllText("/proc/loadavg").Split(' ')[..3];

    static string Field(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";

    static string Commit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", AppContext.BaseDirectory, "rev-parse", "HEAD"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var commit = git.StandardOutput.ReadToEnd().Trim();
            return commit.Length > 0 ? commit : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
