namespace Federated.Cli.Text;

/// <summary>Held-out perplexities of one text federation.</summary>
/// <param name="Settings">What was run.</param>
/// <param name="Sites">Domain, mails and tokens of each site.</param>
/// <param name="Rows">Untouched base, each site alone, the federation.</param>
/// <param name="Seconds">From the base's loading to the last number.</param>
sealed record TextResult(TextSettings Settings, IReadOnlyList<TextSite> Sites, IReadOnlyList<TextRow> Rows, double Seconds);

/// <summary>What one site has.</summary>
sealed record TextSite(string Name, string Domain, int Training, int HeldOut);

/// <summary>One model's held-out perplexity.</summary>
/// <param name="Name">For people.</param>
/// <param name="Site">Whose data it was trained on alone; null for the base and the federation.</param>
/// <param name="Kind">"base", "alone" or "federated".</param>
/// <param name="All">On all sites' held-out mails together.</param>
/// <param name="BySite">On each site's.</param>
sealed record TextRow(string Name, string? Site, string Kind, double All, IReadOnlyDictionary<string, double> BySite)
{
    /// <summary>Mean of a local step; null for what was not trained in this process.</summary>
    public double? StepMilliseconds { get; init; }

    /// <summary>Largest resident memory of the process while it trained; likewise.</summary>
    public double? PeakMebibytes { get; init; }

    public const string Base = "base", Alone = "alone", Federated = "federated";
}
