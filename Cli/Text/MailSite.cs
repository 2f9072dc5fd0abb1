using System.Text.Json;
using System.Text.Json.Nodes;

namespace Federated.Cli.Text;

/// <summary>One site's mails.</summary>
/// <param name="Name">The client's id.</param>
/// <param name="Domain">Of the senders.</param>
/// <param name="Training">Texts to train on.</param>
/// <param name="HeldOut">Texts to evaluate on.</param>
sealed record MailSite(string Name, string Domain, IReadOnlyList<string> Training, IReadOnlyList<string> HeldOut)
{
    public static MailSite Of(string name, string domain, IReadOnlyList<Mail> mails, int heldOutEvery) => new(name, domain,
        [.. mails.Where((_, index) => index % heldOutEvery != heldOutEvery - 1).Select(mail => mail.Text)],
        [.. mails.Where((_, index) => index % heldOutEvery == heldOutEvery - 1).Select(mail => mail.Text)]);

    /// <summary>Writes the texts as lines of JSON, and answers a client's configuration of them.</summary>
    public JsonObject Write(string folder, int context)
    {
        Directory.CreateDirectory(folder);
        return new JsonObject
        {
            ["kind"] = "jsonl",
            ["text"] = Write(Path.Combine(folder, $"{Name}.train.jsonl"), Training),
            ["evalText"] = Write(Path.Combine(folder, $"{Name}.eval.jsonl"), HeldOut),
            ["context"] = context,
        };
    }

    static string Write(string file, IReadOnlyList<string> texts)
    {
        File.WriteAllLines(file, texts.Select(text => JsonSerializer.Serialize(new { text })));
        return file;
    }
}
