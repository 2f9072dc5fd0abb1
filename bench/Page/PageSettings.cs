namespace Federated.Bench.Page;

/// <summary>What is measured on.</summary>
/// <param name="Clients">Connected clients without work.</param>
/// <param name="Sites">Clients that train in every round.</param>
/// <param name="TrainMilliseconds">How long a site trains: elsewhere, so it costs this machine nothing.</param>
/// <param name="Windows">How often the viewer comes and goes.</param>
/// <param name="Rounds">Rounds in a window.</param>
sealed record PageSettings(int Clients, int Sites, int TrainMilliseconds, int Windows, int Rounds);
