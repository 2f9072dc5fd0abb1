using System.Text.RegularExpressions;

namespace Federated.Client.Configuration;

/// <summary>Which runs a site joins, by name; '*' stands for any text.</summary>
public sealed class RunFilter(IReadOnlyList<string> patterns)
{
    readonly Regex[] _patterns =
        [.. patterns.Select(p => new Regex("^" + string.Join(".*", p.Split('*').Select(Regex.Escape)) + "$", RegexOptions.NonBacktracking))];

    public bool Wants(string run) => _patterns.Any(p => p.IsMatch(run));
}
