using System.Text.Json;
using Federated.Cli.Commands;
using Federated.Cli.Demo;

namespace Federated.Cli.Bench.Report;

/// <summary>Measurements with what is needed to judge them; bench/results keeps one file for each commit and day.</summary>
static class BenchFile
{
    static readonly string[] Telling = ["fma", "avx2", "avx512f", "sha_ni", "aes"];

    public static async Task WriteAsync(FileInfo? file, string command, IReadOnlyList<BenchEntry> entries, CancellationToken stop)
    {
        if (file is null)
            return;
        var (machine, flags, load, commit) = (Machine.Describe(), Flags(), Load(), Machine.Commit());
        var text = JsonSerializer.Serialize(entries.Select(e => new
        {
            e.Name, Machine = machine, ProcessorFlags = flags, Load = load, Commit = commit, Command = command, e.Unit, e.Samples, e.Median, e.Ratio, e.Details,
        }), DemoCommand.ResultJson);
        await File.WriteAllTextAsync(file.FullName, text + "\n", stop);
    }

    static string[] Flags() =>
        (File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("flags", StringComparison.Ordinal)) ?? "").Split(' ').Intersect(Telling).ToArray();

    static string[] Load() => File.ReadAllText("/proc/loadavg").Split(' ')[..3];
}
