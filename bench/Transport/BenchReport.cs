using System.Diagnostics;
using System.Text.Json;

namespace Federated.Bench.Transport;

/// <summary>The results with what is needed to judge them.</summary>
static class BenchReport
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    static readonly string[] Telling = ["fma", "avx2", "avx512f", "sha_ni", "aes"];

    public static async Task WriteAsync(string file, IReadOnlyList<BenchResult> results)
    {
        var processor = await File.ReadAllLinesAsync("/proc/cpuinfo");
        var model = Field(processor, "model name");
        var flags = Field(processor, "flags").Split(' ').Intersect(Telling).ToArray();
        var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[..3];
        var commit = await CommitAsync();
        var arguments = string.Join(' ', Environment.GetCommandLineArgs().Skip(1));
        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(stream, results.Select(result => new
        {
            result.Name,
            Machine = $"{model}, {Environment.ProcessorCount} processors, {Environment.OSVersion}, .NET {Environment.Version}",
            ProcessorFlags = flags,
            Load = load,
            Commit = commit,
            Command = $"dotnet run --project bench/Transport -- {arguments}",
            result.Samples,
            result.Median,
            result.Ratio,
        }), Json);
    }

    static string Field(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";

    static async Task<string> CommitAsync()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["rev-parse", "HEAD"]) { RedirectStandardOutput = true })!;
            var commit = await git.StandardOutput.ReadToEndAsync();
            await git.WaitForExitAsync();
            return git.ExitCode == 0 ? commit.Trim() : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
