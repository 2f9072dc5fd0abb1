using System.Text.Json.Nodes;
using Federated.Server.Rounds;

namespace Federated.Server.Operator.Views;

/// <summary>One round over all its attempts; round 0 stands for version 0. Times are Unix milliseconds.</summary>
/// <param name="Round">From 1; 0 for version 0.</param>
/// <param name="Attempt">The last one.</param>
/// <param name="Phase">Where it is, or ended.</param>
/// <param name="VersionIn">The version it started from.</param>
/// <param name="VersionOut">The version it published.</param>
/// <param name="Cohort">Clients that had an assignment.</param>
/// <param name="AcceptedSetDigest">Digest over the ordered accepted updates.</param>
/// <param name="StartedMs">Before the first push.</param>
/// <param name="CollectedMs">When collecting ended.</param>
/// <param name="FoldedMs">When the updates were combined.</param>
/// <param name="PublishedMs">When the version was published.</param>
/// <param name="Seconds">From start to publication.</param>
/// <param name="Participations">By client.</param>
/// <param name="Counters">Updates by result.</param>
/// <param name="Diagnostics">Per tensor group, as the strategy reported them.</param>
/// <param name="Evaluation">Of the published version; null where nobody evaluated it.</param>
sealed record RoundView(
    int Round, int Attempt, string Phase, int VersionIn, int? VersionOut, IReadOnlyList<string> Cohort, string? AcceptedSetDigest,
    long StartedMs, long? CollectedMs, long? FoldedMs, long? PublishedMs, double? Seconds,
    IReadOnlyList<ParticipationView> Participations, UpdateCounters Counters, JsonArray Diagnostics, EvaluationView? Evaluation);

/// <summary>One client's part in a round; its phases, by this server's clock, where one round is asked for and it is a recent one; its planning (predicted and measured bytes and seconds, its report) where the run plans.</summary>
sealed record ParticipationView(
    string Client, string AssignmentId, string State, int Attempt, int StartVersion, long AssignedMs, long? AcceptedMs, long Samples, double? TrainingLoss, long BytesUp, long BytesDown, string? Digest, string? Code,
    IReadOnlyList<PhaseSpan>? Phases, JsonNode? Planning);

sealed record UpdateCounters(int Accepted, int Rejected, int Discarded);

/// <summary>Sums over the clients that have evaluated a version.</summary>
/// <param name="Samples">How many were looked at.</param>
/// <param name="Correct">How many were classified right.</param>
/// <param name="LossSum">Of all samples.</param>
/// <param name="Open">Clients that have not answered yet.</param>
/// <param name="Clients">By client.</param>
sealed record EvaluationView(long Samples, long Correct, double LossSum, int Open, IReadOnlyList<ClientEvaluation> Clients);

sealed record ClientEvaluation(string Client, long Samples, long Correct, double LossSum);
