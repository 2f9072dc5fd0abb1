namespace Federated.Server.Fleet.Messages;

/// <summary>What a client says on its control stream, in our own words and within the limits of docs/protocol.md.</summary>
abstract record ClientSaid
{
    public sealed record Hello(int ProtocolVersion, string ClientId, string Software, DeviceProfile Device) : ClientSaid
    {
        public required IReadOnlyList<string> Encodings { get; init; }
        public required IReadOnlyList<string> Methods { get; init; }
        public required IReadOnlyList<string> PendingAssignments { get; init; }

        /// <summary>Runs whose end the client must hear of, should it have come while it was away.</summary>
        public IReadOnlyList<string> Runs { get; init; } = [];

        /// <summary>Whether it reads blobs that come with an assignment.</summary>
        public bool TakesBlobs { get; init; }
    }

    public sealed record JoinRun(string Run, string BaseDigest, string SchemaDigest, long TrainingSamples, long EvaluationSamples) : ClientSaid;

    public sealed record AssignmentReply(string AssignmentId, bool Accepted, string Reason) : ClientSaid;

    public sealed record Progress(string AssignmentId, string Phase, int Step, int Steps, double Loss) : ClientSaid;

    public sealed record EvaluationResult(string AssignmentId, long Samples, long Correct, double LossSum) : ClientSaid;

    public sealed record AssignmentFailure(string AssignmentId, string Code, string Message) : ClientSaid;

    public sealed record Heartbeat : ClientSaid;

    public sealed record LeaveRun(string Run, string Reason) : ClientSaid;
}

/// <summary>What a client says about its machine; self-reported, never trusted for more than scheduling.</summary>
sealed record DeviceProfile(string Kind, string Name, ulong MemoryBytes, int Threads, double StepsPerSecond);
