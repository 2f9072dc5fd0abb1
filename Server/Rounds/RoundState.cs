using System.Collections.Immutable;
using Federated.Server.Faults;
using Federated.Server.Runs;

namespace Federated.Server.Rounds;

/// <summary>Everything a run's loop knows: immutable, and all but <see cref="Fleet"/> can be rebuilt from the store.</summary>
sealed record RoundState
{
    public required RunSpec Spec { get; init; }
    /// <summary>Canonical; its digest is <see cref="SpecDigest"/>.</summary>
    public required string SpecJson { get; init; }

    public required string SpecDigest { get; init; }
    public required long CreatedMs { get; init; }
    public RoundPhase Phase { get; init; } = RoundPhase.Idle;
    public bool Paused { get; init; }

    /// <summary>The round under way, or the next one; 1 or more.</summary>
    public int Round { get; init; } = 1;

    public int Attempt { get; init; } = 1;

    /// <summary>When the next attempt, or the next try at an interrupted fold, begins.</summary>
    public long? RetryAtMs { get; init; }

    public Refusal? LastError { get; init; }

    /// <summary>The published version that the round starts from.</summary>
    public required VersionInfo Version { get; init; }

    public RoundRecord? Record { get; init; }
    public RoundPlan? Plan { get; init; }
    public long DeadlineMs { get; init; } = long.MaxValue;

    /// <summary>By client: everybody who had an assignment in any attempt of this round.</summary>
    public ImmutableSortedDictionary<string, Participation> Participations { get; init; } = Empty<Participation>();

    public AcceptedSet? Accepted { get; init; }

    /// <summary>By client: published rounds that count against its privacy budget.</summary>
    public ImmutableSortedDictionary<string, int> Spent { get; init; } = Empty<int>();

    /// <summary>Open evaluations by version.</summary>
    public ImmutableSortedDictionary<int, EvaluationRound> Evaluations { get; init; } = ImmutableSortedDictionary<int, EvaluationRound>.Empty;

    /// <summary>Connected clients that joined; not stored.</summary>
    public ImmutableSortedDictionary<string, FleetMember> Fleet { get; init; } = Empty<FleetMember>();

    public string Run => Spec.Name;

    public bool IsTerminal => Phase is RoundPhase.Completed or RoundPhase.Stopped;

    public int AcceptedCount => Participations.Values.Count(p => p.State == ParticipationState.Accepted);

    /// <summary>Clients that still owe an update of this attempt.</summary>
    public int OutstandingCount => Participations.Values.Count(p => p.State == ParticipationState.Assigned);

    /// <summary>When something happens without anybody asking; null where nothing does.</summary>
    public long? NextWakeMs
    {
        get
        {
            if (IsTerminal)
                return null;
            var wake = Phase == RoundPhase.Collecting ? DeadlineMs : long.MaxValue;
            wake = Math.Min(wake, RetryAtMs ?? long.MaxValue);
            foreach (var evaluation in Evaluations.Values)
                wake = Math.Min(wake, evaluation.DeadlineMs);
            return wake == long.MaxValue ? null : wake;
        }
    }

    // Ordinal, so that the order of clients is the same in every culture and equals the order of folding.
    static ImmutableSortedDictionary<string, T> Empty<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}
