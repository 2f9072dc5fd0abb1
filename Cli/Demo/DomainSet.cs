using Federated.Cli.Terminal;
using Federated.Client.Data.Domains;

namespace Federated.Cli.Demo;

/// <summary>Six visual domains, one per site: a short name for tables, and the transform that the sites' configuration names.</summary>
static class DomainSet
{
    static readonly Dictionary<string, (string Name, string Transform)[]> Sets = new()
    {
        // One kind of camera, mounted upside down everywhere, each with optics of its own: the sites have something to learn together.
        ["mild"] =
        [
            ("contrast", "rotate:180+contrast:0.6"), ("blur", "rotate:180+blur:0.8"), ("noise", "rotate:180+noise:25"),
            ("dim", "rotate:180+brightness:-50"), ("zoom", "rotate:180+zoom:0.85"), ("tilt", "rotate:180+rotate:8"),
        ],
        ["harsh"] = [.. DomainCatalog.Harsh.Select(name => (name, name))],
    };

    public static IEnumerable<string> Names => Sets.Keys;

    public static IReadOnlyList<Site> Sites(string set) => Sets.TryGetValue(set, out var domains)
        ? [.. domains.Select((domain, index) => new Site($"site-{(char)('a' + index)}", domain.Name, domain.Transform, index))]
        : throw new CommandException("F561", $"--domains '{set}' is unknown. Known: {string.Join(", ", Names)}.", ExitCode.Usage);
}

/// <summary>One simulated organisation and the visual domain that only its images have.</summary>
/// <param name="Name">Client id.</param>
/// <param name="Domain">Short name of its domain.</param>
/// <param name="Transform">The domain, as a client's configuration names it.</param>
/// <param name="Index">0 to 5.</param>
sealed record Site(string Name, string Domain, string Transform, int Index);
