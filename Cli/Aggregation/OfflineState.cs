using Federated.Aggregators.Strategies;
using Federated.Formats.Safetensors;
using Federated.Formats.Versions;

namespace Federated.Cli.Aggregation;

/// <summary>What a strategy remembers from one call to the next: momentum, squares, control variates.</summary>
static class OfflineState
{
    public const string File = "strategy_state.safetensors";

    /// <exception cref="Terminal.CommandException">The file is missing or none of ours.</exception>
    public static StrategyState Read(string? path)
    {
        if (path is null) return StrategyState.Empty;
        if (!System.IO.File.Exists(path)) throw Refused.Missing($"There is no file '{path}'.");
        using var file = SafetensorsFile.Open(path);
        return StrategyStateFile.Read(file);
    }

    /// <summary>Writes nothing where there is nothing to remember.</summary>
    public static void Write(string folder, StrategyState state)
    {
        if (!state.Tensors.Any()) return;
        using var stream = System.IO.File.Create(Path.Combine(folder, File));
        StrategyStateFile.Write(stream, state);
    }
}
