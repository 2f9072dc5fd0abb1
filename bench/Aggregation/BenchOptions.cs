using System.Globalization;

namespace Federated.Bench.Aggregation;

/// <summary>Command line: samples per measurement, threads of both sides, the streamed fold's matrices and clients, where spools and JSON go, the one part to run, and whether processor time is measured, which other programs of the machine disturb less.</summary>
sealed record BenchOptions(int Samples, int Threads, int Matrices, int Clients, string Spool, string? Only, bool Cpu, string? JsonFile)
{
    public const string Usage = "Usage: bench aggregation [--samples 1..99] [--threads 1..256] [--matrices 1..128] [--clients 2..1000] [--cpu] [--spool DIR] [--only fair|mean|flexlora|krum|allocation|spool] [--json FILE]";

    static readonly string?[] Parts = ["fair", "mean", "flexlora", "krum", "allocation", "spool"];

    public bool Runs(string part) => Only is null || Only == part;

    public static BenchOptions? Parse(string[] args, out string? error)
    {
        var options = new BenchOptions(5, 1, SpoolBench.LlamaMatrices, LoraFairBench.Clients, Path.GetTempPath(), null, false, null);
        error = null;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--cpu")
            {
                options = options with { Cpu = true };
                continue;
            }
            var (name, value) = (args[i], i + 1 < args.Length ? args[++i] : null);
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (name)
            {
                case "--samples" when isNumber && number is >= 1 and <= 99: options = options with { Samples = number }; break;
                case "--threads" when isNumber && number is >= 1 and <= 256: options = options with { Threads = number }; break;
                case "--matrices" when isNumber && number is >= 1 and <= SpoolBench.LlamaMatrices: options = options with { Matrices = number }; break;
                case "--clients" when isNumber && number is >= 2 and <= 1000: options = options with { Clients = number }; break;
                case "--only" when Parts.Contains(value): options = options with { Only = value }; break;
                case "--spool" when value is not null: options = options with { Spool = value }; break;
                case "--json" when value is not null: options = options with { JsonFile = value }; break;
                default:
                    error = $"'{name} {value}' is no option with a value in its range.";
                    return null;
            }
        }
        return options;
    }
}
