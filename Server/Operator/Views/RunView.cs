using System.Text.Json.Nodes;
using Federated.Server.Runs;

namespace Federated.Server.Operator.Views;

/// <summary>A run as it stands.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Phase">Idle, Selecting, Collecting, Aggregating, Publishing, Failed, Completed or Stopped.</param>
/// <param name="Round">The round under way, or the next one.</param>
/// <param name="Rounds">How many there will be.</param>
/// <param name="Attempt">At this round, from 1.</param>
/// <param name="Paused">Whether it waits before its next round.</param>
/// <param name="Strategy">The bundle's name, or its parts.</param>
/// <param name="Joined">Connected clients that joined.</param>
/// <param name="Connected">The same; a client leaves a run with its stream.</param>
/// <param name="Version">The latest published version.</param>
/// <param name="Accepted">Updates accepted in this round.</param>
/// <param name="LastError">Why the last attempt failed or the run stopped, with its code.</param>
/// <param name="CreatedMs">Unix milliseconds.</param>
/// <param name="DeadlineMs">When collecting ends; null while nothing is collected.</param>
/// <param name="Spec">The RunSpec with every default filled in.</param>
/// <param name="SpecDigest">Its digest.</param>
sealed record RunView(
    string Id, string Phase, int Round, int Rounds, int Attempt, bool Paused, string Strategy, IReadOnlyList<string> Joined, IReadOnlyList<string> Connected,
    int Version, int Accepted, string? LastError, long CreatedMs, long? DeadlineMs, JsonNode Spec, string SpecDigest);

/// <summary>A RunSpec that would be taken.</summary>
sealed record ValidRun(string Id, string SpecDigest, bool Valid, RunForecast Forecast);

/// <summary>A named bundle of strategies.</summary>
sealed record StrategyView(string Name, string Summary);
