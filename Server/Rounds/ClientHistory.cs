using System.Collections.Immutable;

namespace Federated.Server.Rounds;

/// <summary>What a run remembers of a client for scheduling, derived from the participations of finished rounds alone, so that a restart derives it again.</summary>
sealed record ClientHistory
{
    const double Newest = 0.5;
    const double MostGrowth = 2;

    public static ClientHistory None { get; } = new();

    public int Asked { get; init; }
    public int Accepted { get; init; }

    /// <summary>Assignments that came to nothing: no answer in time, declined, failed or rejected.</summary>
    public int DroppedOut { get; init; }

    /// <summary>0: never asked.</summary>
    public int LastRound { get; init; }

    /// <summary>From assignment to acceptance, an exponential mean; 0 where unknown.</summary>
    public double Milliseconds { get; init; }

    /// <summary>Samples times training loss as the client reports them; it can at most double from one report to the next. 0 where unknown.</summary>
    public double Utility { get; init; }

    /// <summary>The histories after a round's participations.</summary>
    public static ImmutableSortedDictionary<string, ClientHistory> After(
        ImmutableSortedDictionary<string, ClientHistory> before, int round, IEnumerable<Participation> participations) =>
        before.SetItems(participations.Where(p => p.State != ParticipationState.Carried)
            .Select(p => KeyValuePair.Create(p.Client, before.GetValueOrDefault(p.Client, None).With(round, p))));

    ClientHistory With(int round, Participation p)
    {
        var asked = this with { Asked = Asked + 1, LastRound = round };
        return p.State switch
        {
            ParticipationState.Accepted => asked with { Accepted = Accepted + 1, Milliseconds = Mean(p), Utility = Reported(p) },
            ParticipationState.Surplus => asked,
            _ => asked with { DroppedOut = DroppedOut + 1 },
        };
    }

    double Mean(Participation p)
    {
        var took = Math.Max(1, (p.AcceptedMs ?? p.AssignedMs) - p.AssignedMs);
        return Milliseconds == 0 ? took : Newest * took + (1 - Newest) * Milliseconds;
    }

    double Reported(Participation p)
    {
        if (p.TrainingLoss is not { } loss)
            return Utility;
        var said = Math.Max(1, p.Samples) * Math.Abs(loss);
        return Utility == 0 ? said : Math.Min(said, MostGrowth * Utility);
    }
}
