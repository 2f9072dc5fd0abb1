using System.Text.Json;
using System.Text.Json.Serialization;
using Federated.Aggregators.Strategies;
using Federated.Formats.Peft;

namespace Federated.Cli.Aggregation;

/// <summary>The result's folder: it appears whole or not at all.</summary>
static class OutputFolder
{
    public const string ReportFile = "report.json";

    public const string ResidualFolder = "residual";

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static void RequireFree(string folder)
    {
        if (File.Exists(folder) || Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw Refused.Words($"--out '{folder}' exists and is not an empty folder.");
    }

    public static void Write(string folder, PeftFolder adapter, PeftFolder? residual, StrategyState state, AggregateReport report)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            adapter.Write(temporary);
            residual?.Write(Path.Combine(temporary, ResidualFolder));
            OfflineState.Write(temporary, state);
            File.WriteAllText(Path.Combine(temporary, ReportFile), JsonSerializer.Serialize(report, Json) + "\n");
            if (Directory.Exists(target)) Directory.Delete(target);
            Directory.Move(temporary, target);
        }
        catch
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            throw;
        }
    }
}
