namespace Federated.Client.Transport.Messages;

/// <summary>What the coordinator tells the client over the control stream.</summary>
public abstract record ServerEvent
{
    public sealed record Welcome(string Software, TimeSpan HeartbeatInterval, IReadOnlyList<RunOffer> Runs) : ServerEvent;

    public sealed record Offered(RunOffer Run) : ServerEvent;

    /// <param name="RunId">Which.</param>
    /// <param name="Joined">Whether the client is in.</param>
    /// <param name="Refusal">Code and message otherwise.</param>
    public sealed record JoinAnswered(string RunId, bool Joined, string Refusal) : ServerEvent;

    public sealed record Assigned(WorkAssignment Work) : ServerEvent;

    public sealed record Cancelled(string AssignmentId, string Reason) : ServerEvent;

    public sealed record RunEnded(string RunId, string Outcome) : ServerEvent;

    public sealed record Heartbeat : ServerEvent;

    public sealed record Goodbye(string Reason, TimeSpan ReconnectAfter) : ServerEvent;

    public sealed record Refused(string Code, string Message, string Subject) : ServerEvent;
}
