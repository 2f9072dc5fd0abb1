using System.Text.RegularExpressions;

namespace Federated.Client.Configuration;

/// <summary>Which runs a site joins, by name; '*' stands for any text.</summary>
public sealed class RunFilter(IReadOnlyList<string> patterns)
{
    readonly Regex[] _patterns =
        [.. patterns.Select(p => new Regex("^" + string.Join(".*", p.Split('*').Select(Regex.Escape)) + "$", RegexOptions.NonBacktracking))];

    /// <summary>The patterns that are a run's whole name.</summary>
    public static IEnumerable<string> Exact(IReadOnlyList<string> patterns) => patterns.Where(p => !p.Contains('*'));

    public bool Wants(string run) => _patterns.Any(p => p.IsMatch(run));
}
