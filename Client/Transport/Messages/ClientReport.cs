using Federated.Client.Training;

namespace Federated.Client.Transport.Messages;

/// <summary>What the client tells the coordinator over the control stream.</summary>
public abstract record ClientReport
{
    /// <summary>Who connects, and what it can do.</summary>
    public sealed record Hello(string ClientId, string Software, DeviceProfile Device) : ClientReport
    {
        public required IReadOnlyList<string> Methods { get; init; }

        /// <summary>Assignments in the outbox or under way.</summary>
        public required IReadOnlyList<string> Pending { get; init; }

        /// <summary>Runs whose end this client must hear of, should it have come while it was away.</summary>
        public required IReadOnlyList<string> Runs { get; init; }
    }

    public sealed record Join(string RunId, string BaseDigest, string SchemaDigest, long TrainingSamples, long EvaluationSamples) : ClientReport;

    public sealed record Leave(string RunId, string Reason) : ClientReport;

    /// <param name="AssignmentId">Which.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Declined(string AssignmentId, string Reason) : ClientReport;

    public sealed record Progress(string AssignmentId, string Phase, int Step, int Steps, double Loss) : ClientReport;

    public sealed record Evaluated(string AssignmentId, Evaluation Sums) : ClientReport;

    public sealed record Failed(string AssignmentId, string Code, string Message) : ClientReport;

    public sealed record Heartbeat(ulong Sequence) : ClientReport;
}
