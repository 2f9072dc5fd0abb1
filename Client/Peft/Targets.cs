using Federated.Aggregators.Adapters;
using Federated.Client.Faults;
using Federated.Client.Models;

namespace Federated.Client.Peft;

/// <summary>Matrices chosen by the end of their dotted path.</summary>
static class Targets
{
    /// <summary>An option's list, commas between; the model's own choice where the option is absent, nothing where it is empty.</summary>
    public static IReadOnlyList<string> Read(MethodOptions options, string key, IReadOnlyList<string> fallback) =>
        options.Text(key, string.Join(',', fallback)).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether some target is the path or a dotted end of it.</summary>
    public static bool Select(string path, IEnumerable<string> targets) => targets.Any(t => Matches(path, t));

    /// <exception cref="ClientFault">F522: a target matches no matrix.</exception>
    public static void RequireAll(IFoundationModel model, string method, IEnumerable<string> targets)
    {
        var paths = model.Sites.Where(s => s.Site.Kind == SiteKind.Linear).Select(s => s.Path).ToList();
        foreach (var target in targets)
        {
            if (!paths.Any(p => Matches(p, target)))
                throw ClientFaults.Method($"Target '{target}' of method '{method}' matches no matrix of the model. Matrices: {string.Join(", ", paths.Select(p => p[(p.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal))}.");
        }
    }

    static bool Matches(string path, string target) => path == target || path.EndsWith("." + target, StringComparison.Ordinal);
}
