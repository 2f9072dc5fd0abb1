using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Federated.Cli.Demo;

namespace Federated.Cli.Bench.Report;

/// <summary>
/// Measurements with what is needed to judge them, in the one form of every benchmark: an array of entries, each with name, machine, processorFlags, load, commit, command, unit,
/// samples, median, ratio, details and runs. bench/results keeps one file for each day and commit.
/// </summary>
static class BenchFile
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Converters = { new JsonStringEnumConverter() }, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
    static readonly string[] Telling = ["fma", "avx2", "avx512f", "sha_ni", "aes"];

    /// <summary>The document.</summary>
    /// <param name="command">The words after <c>./federated</c>.</param>
    /// <param name="entries">1 or more.</param>
    public static string Write(string command, IReadOnlyList<BenchEntry> entries)
    {
        var (machine, flags, load, commit) = (Machine.Describe(), Flags(), Load(), Machine.Commit());
        return JsonSerializer.Serialize(entries.Select(e => new
        {
            e.Name, Machine = machine, ProcessorFlags = flags, Load = load, Commit = commit, Command = command, e.Unit, e.Samples, e.Median, e.Ratio, e.Details, e.Runs,
        }), Json) + "\n";
    }

    /// <summary>Writes nothing where no file is wanted.</summary>
    public static Task WriteAsync(FileInfo? file, string command, IReadOnlyList<BenchEntry> entries, CancellationToken stop) =>
        file is null ? Task.CompletedTask : File.WriteAllTextAsync(file.FullName, Write(command, entries), stop);

    /// <summary>The words that were asked for, without where the file goes.</summary>
    public static string Asked(ParseResult parsed, Option json)
    {
        string[] file = [.. parsed.GetResult(json) is { IdentifierToken: { } name } given ? given.Tokens.Select(t => t.Value).Prepend(name.Value) : []];
        return string.Join(' ', parsed.Tokens.Select(t => t.Value).Where(t => !file.Contains(t)));
    }

    /// <summary>Of the last 1, 5 and 15 minutes.</summary>
    public static string[] Load() => File.ReadAllText("/proc/loadavg").Split(' ')[..3];

    static string[] Flags() =>
        (File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("flags", StringComparison.Ordinal)) ?? "").Split(' ').Intersect(Telling).ToArray();
}
