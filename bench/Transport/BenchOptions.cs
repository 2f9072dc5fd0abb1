using System.Globalization;

namespace Federated.Bench.Transport;

/// <summary>Command line: MiB moved per sample, samples per measurement, where the JSON goes.</summary>
sealed record BenchOptions(int Mebibytes, int Samples, string? JsonFile)
{
    public static BenchOptions? Parse(string[] args, out string? error)
    {
        var options = new BenchOptions(256, 7, null);
        error = null;
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65_536;
            switch (args[i])
            {
                case "--mib" when isNumber: options = options with { Mebibytes = number }; break;
                case "--samples" when isNumber: options = options with { Samples = number }; break;
                case "--json" when value is not null: options = options with { JsonFile = value }; break;
                default:
                    error = $"'{args[i]} {value}' is no option with a value in 1 to 65536.";
                    return null;
            }
        }
        return options;
    }
}
