using System.Collections.Immutable;
using Federated.Server.Faults;
using Federated.Server.Planning;
using Federated.Server.Rounds.Phases;
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

    /// <summary>By client: work that outlived the round whose set is frozen, and counts in the next one; only in asynchronous runs.</summary>
    public ImmutableSortedDictionary<string, Participation> Late { get; init; } = Empty<Participation>();

    /// <summary>Earlier versions from which somebody still trains, or updates wait to be folded.</summary>
    public ImmutableSortedDictionary<int, VersionInfo> Starts { get; init; } = ImmutableSortedDictionary<int, VersionInfo>.Empty;

    public AcceptedSet? Accepted { get; init; }

    /// <summary>By client: published rounds that count against its privacy budget.</summary>
    public ImmutableSortedDictionary<string, int> Spent { get; init; } = Empty<int>();

    /// <summary>Open evaluations by version.</summary>
    public ImmutableSortedDictionary<int, EvaluationRound> Evaluations { get; init; } = ImmutableSortedDictionary<int, EvaluationRound>.Empty;

    /// <summary>Derived from the participations of finished rounds.</summary>
    public ImmutableSortedDictionary<string, ClientHistory> History { get; init; } = Empty<ClientHistory>();

    /// <summary>By client: what it reported for planning; derived from the participations of finished rounds.</summary>
    public ImmutableSortedDictionary<string, SiteReport> Reports { get; init; } = SiteReports.None;

    /// <summary>Derived from the finished evaluations; null before the first.</summary>
    public StopProgress? Stop { get; init; }

    /// <summary>Published rounds whose diagnostics are still to come: the first may be under way, the last waits.</summary>
    public ImmutableArray<Diagnosis> Diagnoses { get; init; } = [];

    /// <summary>Whether the first of <see cref="Diagnoses"/> is under way; not stored.</summary>
    public bool IsDiagnosing { get; init; }

    /// <summary>No client is given up before this time; not stored.</summary>
    public long GraceMs { get; init; }

    /// <summary>Connected clients that joined; not stored.</summary>
    public ImmutableSortedDictionary<string, FleetMember> Fleet { get; init; } = Empty<FleetMember>();

    public string Run => Spec.Name;

    public bool IsTerminal => Phase is RoundPhase.Completed or RoundPhase.Stopped;

    /// <summary>Whoever is free trains, and the quorum is a buffer.</summary>
    public bool IsContinuous => Spec.Asynchrony is { Continuous: true };

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
            var wake = Phase == RoundPhase.Collecting ? Math.Min(DeadlineMs, NextOwnDeadlineMs) : long.MaxValue;
            wake = Math.Min(wake, RetryAtMs ?? long.MaxValue);
            foreach (var evaluation in Evaluations.Values)
                wake = Math.Min(wake, evaluation.DeadlineMs);
            return wake == long.MaxValue ? null : wake;
        }
    }

    /// <summary>The last round whose spools nobody needs: a round's stay for one round more, those of late updates until they are folded, and all until they are diagnosed.</summary>
    public int SpentSpools => Diagnoses.Select(d => d.OldestSpool).Concat(IsTerminal ? [Round + 1] : Live.Select(p => p.StartRound).Append(Round - 1)).Min() - 1;

    IEnumerable<Participation> Live => Participations.Values.Concat(Late.Values).Where(p => p.State is ParticipationState.Assigned or ParticipationState.Accepted);

    long NextOwnDeadlineMs => Spec.Selection.DeadlineFactor == 0 ? long.MaxValue
        : Participations.Values.Where(p => p.State == ParticipationState.Assigned).Select(p => Deadlines.OfClient(this, p)).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>This client's part with this assignment, in this round or late; null where there is none.</summary>
    public Participation? AssignmentOf(string client, string assignmentId) =>
        Late.GetValueOrDefault(client) is { } late && late.AssignmentId == assignmentId ? late
            : Participations.GetValueOrDefault(client) is { } own && own.AssignmentId == assignmentId ? own
            : null;

    /// <summary>The state with one part changed, wherever it is.</summary>
    public RoundState With(Participation part) => Late.GetValueOrDefault(part.Client)?.AssignmentId == part.AssignmentId
        ? this with { Late = Late.SetItem(part.Client, part) }
        : this with { Participations = Participations.SetItem(part.Client, part) };

    /// <summary>The version that a part's client starts from.</summary>
    public VersionInfo StartOf(Participation part) => part.StartVersion == Version.Version ? Version : Starts[part.StartVersion];

    /// <summary>Updates that end collecting: the cohort's quorum, less the clients that only evaluate where everybody's update was wanted.</summary>
    public int Quorum => Spec.Clients is { } all && Version.Planning is { } planning
        ? Math.Max(Spec.Cohort.Minimum, Math.Min(Spec.Cohort.Quorum, all.Count(c => !planning.Excludes(c)))) : Spec.Cohort.Quorum;

    /// <summary>What a client's plan makes of the version that it starts from; null where it trains the run's own plan.</summary>
    public ClientStart? PlannedStart(Participation part) =>
        StartOf(part).Planning?.StartOf(part.Client) is { } start && start.Manifest == part.StartManifest ? start : null;

    /// <summary>How long a client is expected to need, in milliseconds; 0 where nothing is known.</summary>
    public double PredictedMs(string client)
    {
        var history = History.GetValueOrDefault(client, ClientHistory.None);
        var said = Fleet.GetValueOrDefault(client)?.StepsPerSecond ?? 0;
        if (Version.Planning?.Clients.GetValueOrDefault(client)?.Choice is { Trains: true } choice)
            return 1000 * choice.PredictedSeconds;
        return history.Milliseconds > 0 ? history.Milliseconds : said > 0 ? 1000 * Spec.Train.Steps / said : 0;
    }

    // Ordinal, so that the order of clients is the same in every culture and equals the order of folding.
    static ImmutableSortedDictionary<string, T> Empty<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}
