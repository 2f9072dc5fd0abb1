namespace Federated.Server.Identity;

/// <summary>Who makes a REST call.</summary>
/// <param name="Name">For the audit trail: "key:ID NAME", "loopback", "anyone".</param>
/// <param name="Role">What it may do.</param>
/// <param name="Runs">The run ids it is limited to; null for no limit.</param>
/// <param name="KeyId">The API key that it showed; null where it showed none.</param>
sealed record Caller(string Name, Role Role, IReadOnlySet<string>? Runs = null, string? KeyId = null)
{
    /// <summary>Whoever is on this machine, where the server listens on loopback only and asks for no keys.</summary>
    public static Caller Loopback { get; } = new("loopback", Role.Admin);

    public static Caller Anyone { get; } = new("anyone", Role.Anyone);

    public bool MaySee(string run) => Runs is null || Runs.Contains(run);
}
