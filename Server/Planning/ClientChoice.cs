namespace Federated.Server.Planning;

/// <summary>What one client is to train in a round, or why it only evaluates.</summary>
/// <param name="Client">Its id.</param>
/// <param name="Groups">The most important matrices, most important first; none for a client that only evaluates.</param>
/// <param name="Rank">Of each of them.</param>
/// <param name="Batch">Examples a step.</param>
/// <param name="BaseBits">Bits per weight of its frozen base.</param>
/// <param name="PredictedBytes">Memory that the plan was counted with.</param>
/// <param name="PredictedSeconds">Round time that it was counted with.</param>
/// <param name="Refusal">Null for a client that trains.</param>
public sealed record ClientChoice(string Client, IReadOnlyList<string> Groups, int Rank, int Batch, int BaseBits, double PredictedBytes, double PredictedSeconds, string? Refusal = null)
{
    public bool Trains => Refusal is null;

    public static ClientChoice EvaluationOnly(string client, string reason) => new(client, [], 0, 0, 0, 0, 0, reason);
}
