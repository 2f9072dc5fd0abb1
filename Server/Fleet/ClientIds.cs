using System.Buffers;

namespace Federated.Server.Fleet;

/// <summary>Names that operators choose, for clients and runs: they become file names, metric labels and the order of folding.</summary>
static class ClientIds
{
    public const int MaxLength = 63;
    public const string Rule = "[a-z0-9][a-z0-9._-]{0,62}";

    static readonly SearchValues<char> First = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");
    static readonly SearchValues<char> Rest = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    public static bool IsValid(string? id) =>
        id is { Length: > 0 and <= MaxLength } && First.Contains(id[0]) && !id.AsSpan(1).ContainsAnyExcept(Rest);
}
