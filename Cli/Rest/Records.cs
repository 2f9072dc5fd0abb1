namespace Federated.Cli.Rest;

// What the REST interface answers, as far as the verbs here read it.

sealed record RunSnapshot(string Id, string Phase, int Round, int Rounds, int Attempt, bool Paused, string Strategy, int Version, string? LastError, string[] Joined, string[] Connected)
{
    public bool Ended => Phase is "Completed" or "Stopped";
}

sealed record RoundRecord(
    int Round, int Attempt, string Phase, double? Seconds, string? AcceptedSetDigest,
    Participation[] Participations, GroupDiagnostics[] Diagnostics, Evaluation? Evaluation);

sealed record Participation(string Client, string State, long Samples, double? TrainingLoss, long BytesUp, long BytesDown, string? Digest, string? Code)
{
    public bool IsAccepted => string.Equals(State, "accepted", StringComparison.OrdinalIgnoreCase);
}

sealed record GroupDiagnostics(string Group, double? BiasRatio, double? BiasPerIncrement, double? RemovableShare, double? ProductErrorBefore, double? ProductErrorAfter);

sealed record Evaluation(long Samples, long Correct, double LossSum, ClientEvaluation[] Clients);

sealed record ClientEvaluation(string Client, long Samples, long Correct, double LossSum);

sealed record VersionRecord(int Version, string Digest, string? PublishedFolder, VersionGroup[] Groups);

sealed record VersionGroup(string Group, string Digest, long Size);

sealed record FleetMember(string Id, string State);

/// <summary>A recorded round folded again. Norms are of the effective product where a group is one.</summary>
sealed record ReplayReport(string Run, int Round, string Recorded, string Strategy, bool Identical, ReplayedGroup[] Groups);

sealed record ReplayedGroup(string Group, double RecordedChange, double ReplayedChange, double Difference);
