namespace Federated.Cli.Bench.Chaos;

/// <summary>One strategy under kills.</summary>
/// <param name="Strategy">Its name.</param>
/// <param name="Episodes">Runs from beginning to end, each on folders of its own.</param>
/// <param name="ServerKills">Of the coordinator.</param>
/// <param name="ClientKills">Of its sites.</param>
/// <param name="Cuts">Connections reset in the middle of an upload.</param>
/// <param name="Same">Episodes that published the undisturbed run's bytes.</param>
/// <param name="Lost">Rounds that lack an update of a site, or have more than one.</param>
/// <param name="Seconds">Of all episodes.</param>
sealed record ChaosResult(string Strategy, int Episodes, int ServerKills, int ClientKills, int Cuts, int Same, int Lost, double Seconds)
{
    public bool Passed => Same == Episodes && Lost == 0;
}
