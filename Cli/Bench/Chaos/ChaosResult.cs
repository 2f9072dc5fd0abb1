namespace Federated.Cli.Bench.Chaos;

/// <summary>One case under kills.</summary>
/// <param name="Name">Of the case.</param>
/// <param name="Episodes">Runs from beginning to end, each on folders of its own.</param>
/// <param name="ServerKills">Of the coordinator.</param>
/// <param name="ClientKills">Of its sites.</param>
/// <param name="Cuts">Connections reset in the middle of an upload.</param>
/// <param name="Same">Episodes that published the undisturbed run's bytes, or those of their record.</param>
/// <param name="Seconds">Of all episodes.</param>
sealed record ChaosResult(string Name, int Episodes, int ServerKills, int ClientKills, int Cuts, int Same, double Seconds)
{
    public int Kills => ServerKills + ClientKills;

    public bool Passed => Same == Episodes;

    public override string ToString() => FormattableString.Invariant(
        $"{Name}: {(Passed ? "passed" : "FAILED")}; {ServerKills} kills of the coordinator and {ClientKills} of sites, {Cuts} cut connections, {Same} of {Episodes} runs published what they should, {Seconds:F0} s");
}
