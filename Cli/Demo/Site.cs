namespace Federated.Cli.Demo;

/// <summary>One simulated organisation: its name and the visual domain that only its images have.</summary>
sealed record Site(string Name, string Domain, int Index)
{
    public static IReadOnlyList<Site> Of(IReadOnlyList<string> domains) =>
        domains.Select((domain, index) => new Site($"site-{(char)('a' + index)}", domain, index)).ToList();
}
