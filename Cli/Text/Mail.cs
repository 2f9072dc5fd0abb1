using System.Text.RegularExpressions;

namespace Federated.Cli.Text;

/// <summary>What is kept of a mail: who sent it, by domain, and its words.</summary>
sealed partial record Mail(string Domain, string Text)
{
    const int MaximumLength = 2000, MinimumLength = 200;

    /// <summary>Null for a mail without a sender, or whose body is not plain text of some length.</summary>
    public static Mail? Parse(string raw)
    {
        var mail = raw.ReplaceLineEndings("\n");
        var end = mail.IndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0) return null;
        var (head, body) = (mail[..end], mail[end..].Trim());
        if (Sender().Match(head) is not { Success: true } sender || Encoded().IsMatch(head) || body.Length < MinimumLength) return null;
        return new Mail(sender.Groups[1].Value.ToLowerInvariant(), body[..Math.Min(body.Length, MaximumLength)]);
    }

    [GeneratedRegex(@"^From:.*@([A-Za-z0-9.-]+\.[A-Za-z]+)", RegexOptions.Multiline)]
    private static partial Regex Sender();

    [GeneratedRegex(@"^Content-(Type:\s*(multipart|text/html)|Transfer-Encoding:\s*base64)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Encoded();
}
