using System.Security.Cryptography;
using System.Text;

namespace Federated.Server.Identity;

/// <summary>Keys and tokens as they are handed out: PREFIX_ID_SECRET. Only the SHA-256 of the secret is kept, which suffices for 256 random bits.</summary>
static class Secrets
{
    const int IdBytes = 6;
    const int SecretBytes = 32;

    public static (string Id, string Secret) Create() =>
        (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)));

    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    public static bool Matches(string secret, string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(secret)), Encoding.ASCII.GetBytes(hash));

    /// <summary>The parts after the prefix; null if the text does not have exactly that form.</summary>
    public static string[]? Split(string text, string prefix, int parts)
    {
        if (text.Length > 256)
            return null;
        var split = text.Split('_');
        return split.Length == parts + 1 && split[0] == prefix && split.Skip(1).All(p => p.Length > 0 && p.All(char.IsAsciiHexDigitLower)) ? split[1..] : null;
    }
}
