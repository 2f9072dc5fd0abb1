namespace Federated.Client.Rounds;

/// <summary>A run this client asked to join.</summary>
sealed record JoinedRun(string RunId, string Trust, RunStanding Standing);
