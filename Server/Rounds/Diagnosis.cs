namespace Federated.Server.Rounds;

/// <summary>A published round whose diagnostics are still to come: computing them costs as much as the fold, and no round waits for them.</summary>
/// <param name="Order">What was folded.</param>
/// <param name="Record">The round's record, with what the fold itself told of it.</param>
/// <param name="Attempt">The one that published.</param>
sealed record Diagnosis(FoldOrder Order, RoundRecord Record, int Attempt)
{
    public int Round => Record.Round;

    /// <summary>The oldest round whose spools it reads.</summary>
    public int OldestSpool => Order.Accepted.Updates.Select(u => u.StartRound ?? Round).Append(Round).Min();
}
