namespace Federated.Server.Identity;

/// <summary>What others sent, fit for a message.</summary>
static class Names
{
    const int Shown = 64;

    public static string Shorten(string? text) => text is null ? "" : new([.. text.Take(Shown).Select(c => char.IsControl(c) ? '?' : c)]);
}
