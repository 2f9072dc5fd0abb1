using System.Collections.Immutable;

namespace Federated.Server.Rounds;

/// <summary>A client that is connected and has joined this run.</summary>
/// <param name="Client">Its id.</param>
/// <param name="Session">Its stream; a later stream of the same client has a larger number.</param>
/// <param name="TrainingSamples">0 where withheld.</param>
/// <param name="EvaluationSamples">0: it is not asked to evaluate.</param>
/// <param name="Pending">Assignments that it holds in its outbox or has under way.</param>
sealed record FleetMember(string Client, long Session, long TrainingSamples, long EvaluationSamples, ImmutableHashSet<string> Pending)
{
    /// <summary>As the client says; 0 where unknown. It counts only until there is a history.</summary>
    public double StepsPerSecond { get; init; }
}
