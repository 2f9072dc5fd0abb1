using System.Globalization;

namespace Federated.Bench.Aggregation;

/// <summary>Command line: samples per measurement, threads of both sides, the streamed fold, where spools and JSON go.</summary>
sealed record BenchOptions(int Samples, int Threads, bool Full, string Spool, string? JsonFile)
{
    public const string Usage = "Usage: bench aggregation [--samples 1..99] [--threads 1..256] [--full] [--spool DIR] [--json FILE]";

    public static BenchOptions? Parse(string[] args, out string? error)
    {
        var options = new BenchOptions(5, 1, false, Path.GetTempPath(), null);
        error = null;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--full")
            {
                options = options with { Full = true };
                continue;
            }
            var (name, value) = (args[i], i + 1 < args.Length ? args[++i] : null);
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (name)
            {
                case "--samples" when isNumber && number is >= 1 and <= 99: options = options with { Samples = number }; break;
                case "--threads" when isNumber && number is >= 1 and <= 256: options = options with { Threads = number }; break;
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
