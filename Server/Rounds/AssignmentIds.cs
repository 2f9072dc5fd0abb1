namespace Federated.Server.Rounds;

/// <summary>RUN:ROUND:ATTEMPT:KIND:CLIENT - unique for ever, because a run's name is.</summary>
static class AssignmentIds
{
    public const int MaxLength = 2 * Fleet.ClientIds.MaxLength + 32;

    public static string Train(string run, int round, int attempt, string client) => $"{run}:{round}:{attempt}:t:{client}";

    public static string Evaluate(string run, int version, int attempt, string client) => $"{run}:{version}:{attempt}:e:{client}";

    /// <summary>The client that an id names.</summary>
    public static string ClientOf(string assignmentId) => assignmentId[(assignmentId.LastIndexOf(':') + 1)..];

    /// <summary>The run that an id names; the id's other parts are looked up, never trusted.</summary>
    public static string RunOf(string assignmentId) => assignmentId[..Math.Max(0, assignmentId.IndexOf(':'))];
}
