using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Server.Faults;
using Federated.Server.Privacy;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Rounds;

/// <summary>The state's image in rows: the difference of two states as a commit.</summary>
static class RoundRows
{
    /// <summary>The rows of a run that was just created, its version 0 included.</summary>
    public static IReadOnlyList<RowChange> Create(RoundState state) =>
    [
        RowChange.Add(Run(state)),
        RowChange.Add(Version(state)),
        RowChange.Add(new RoundRow
        {
            RunId = state.Run, Round = 0, Attempt = 1, Phase = "published", VersionIn = 0, VersionOut = 0,
            StartedMs = state.CreatedMs, PublishedMs = state.CreatedMs, Rejected = 0, Discarded = 0,
        }),
        RowChange.Add(RoundEvents.RunCreated(state)),
    ];

    public static void Diff(RoundState before, RoundState after, RowBatch rows)
    {
        if (ReferenceEquals(before, after))
            return;
        if (Run(before) is var was && Run(after) is var run && was != run)
            rows.Add(RowChange.Update(run));
        DiffRound(before, after, rows);
        if (after.Plan is { } plan && !ReferenceEquals(plan, before.Plan))
            rows.Add(new RowChange(Plan(after, plan), (before.Plan?.Round, before.Plan?.Attempt) != (plan.Round, plan.Attempt)));
        if (!ReferenceEquals(before.Participations, after.Participations) || !ReferenceEquals(before.Late, after.Late))
            DiffParticipations(before, after, rows);
        if (before.Version.Version != after.Version.Version)
        {
            rows.Add(RowChange.Add(Version(after)));
            if (LedgerRows.Of(after) is { } ledger)
                rows.Add(RowChange.Add(ledger));
        }
        if (!ReferenceEquals(before.Evaluations, after.Evaluations))
            DiffEvaluations(before, after, rows);
    }

    static void DiffRound(RoundState before, RoundState after, RowBatch rows)
    {
        if (after.Record is not { } record)
            return;
        var row = Round(after, record);
        if (before.Record?.Round != record.Round)
            rows.Add(RowChange.Add(row));
        else if (Round(before, before.Record) is var was && Weighed(was, after.Phase) != Weighed(row, after.Phase))
            rows.Add(RowChange.Update(row));
    }

    // Counters alone are no reason for a commit: a flood of bad uploads must not become a flood of flushes. Nor is what a fold says of itself before its version is
    // there: a restart would fold again.
    static RoundRow Weighed(RoundRow row, RoundPhase phase) => row with
    {
        Rejected = 0, Discarded = 0,
        FoldedMs = phase == RoundPhase.Publishing ? null : row.FoldedMs,
        DiagnosticsJson = phase == RoundPhase.Publishing ? null : row.DiagnosticsJson,
        LeakageJson = phase == RoundPhase.Publishing ? null : row.LeakageJson,
    };

    static void DiffParticipations(RoundState before, RoundState after, RowBatch rows)
    {
        foreach (var (round, participation) in Parts(after))
        {
            var previous = Part(before, round, participation.Client);
            if (participation == previous)
                continue;
            rows.Add(new RowChange(ParticipationOf(after, round, participation), previous is null));
            if (participation.State == ParticipationState.Accepted && previous?.State != ParticipationState.Accepted)
                rows.Add(RowChange.Add(Receipt(after, participation)));
        }
    }

    // Late work belongs to the next round already.
    static IEnumerable<(int Round, Participation Part)> Parts(RoundState s) =>
        s.Participations.Values.Select(p => (s.Round, p)).Concat(s.Late.Values.Select(p => (s.Round + 1, p)));

    static Participation? Part(RoundState s, int round, string client) =>
        (round == s.Round ? s.Participations : round == s.Round + 1 ? s.Late : null)?.GetValueOrDefault(client);

    static void DiffEvaluations(RoundState before, RoundState after, RowBatch rows)
    {
        foreach (var (version, evaluation) in after.Evaluations)
        {
            var previous = before.Evaluations.GetValueOrDefault(version);
            if (ReferenceEquals(previous, evaluation))
                continue;
            foreach (var (client, entry) in evaluation.Entries)
            {
                if (previous?.Entries.GetValueOrDefault(client) is var old && entry != old)
                    rows.Add(new RowChange(Evaluation(after, evaluation, entry), old is null));
            }
        }
    }

    static RunRow Run(RoundState s) => new()
    {
        Id = s.Run,
        SpecJson = s.SpecJson,
        SpecDigest = s.SpecDigest,
        CreatedMs = s.CreatedMs,
        Phase = Name(Stored(s.Phase)),
        Paused = s.Paused,
        Round = s.Round,
        Attempt = s.Attempt,
        Version = s.Version.Version,
        RetryAtMs = s.RetryAtMs,
        LastError = s.LastError is { } error ? $"{error.Code}: {error.Message}" : null,
    };

    // Selecting and Publishing hold nothing that a restart could not redo, so entering them needs no commit.
    static RoundPhase Stored(RoundPhase phase) => phase switch
    {
        RoundPhase.Selecting => RoundPhase.Idle,
        RoundPhase.Publishing => RoundPhase.Aggregating,
        _ => phase,
    };

    static RoundRow Round(RoundState s, RoundRecord record) => new()
    {
        RunId = s.Run,
        Round = record.Round,
        Attempt = s.Attempt,
        Phase = record.PublishedMs is null ? Name(Stored(s.Phase)) : "published",
        VersionIn = record.VersionIn,
        VersionOut = record.VersionOut,
        StartedMs = record.StartedMs,
        CollectedMs = record.CollectedMs,
        FoldedMs = record.PublishedMs is null ? null : record.FoldedMs,
        PublishedMs = record.PublishedMs,
        Rejected = record.Rejected,
        Discarded = record.Discarded,
        AcceptedSetJson = s.Accepted?.Json,
        AcceptedSetDigest = s.Accepted?.Digest,
        DiagnosticsJson = record.PublishedMs is null ? null : record.DiagnosticsJson,
        LeakageJson = record.PublishedMs is null ? null : record.LeakageJson,
    };

    /// <summary>A published round's row with its diagnostics.</summary>
    public static RowChange Diagnosed(RoundState s, Diagnosis diagnosis, string json) => RowChange.Update(
        Round(s with { Attempt = diagnosis.Attempt, Accepted = diagnosis.Order.Accepted }, diagnosis.Record with { DiagnosticsJson = json }));

    static PlanRow Plan(RoundState s, RoundPlan plan) => new()
    {
        RunId = s.Run,
        Round = plan.Round,
        Attempt = plan.Attempt,
        Json = Encoding.UTF8.GetString(plan.ToJson()),
        Digest = plan.Digest,
        DeadlineMs = s.DeadlineMs,
    };

    static ParticipationRow ParticipationOf(RoundState s, int round, Participation p) => new()
    {
        RunId = s.Run,
        Round = round,
        Client = p.Client,
        Attempt = p.Attempt,
        AssignmentId = p.AssignmentId,
        StartRound = p.StartRound,
        StartVersion = p.StartVersion,
        AssignedMs = p.AssignedMs,
        AcceptedMs = p.AcceptedMs,
        State = Name(p.State),
        StartManifest = p.StartManifest,
        Samples = p.Samples,
        TrainingLoss = p.TrainingLoss,
        BytesUp = p.Size,
        BytesDown = p.BytesDown,
        Digest = p.Digest,
        Code = p.Fault is { } fault ? FaultCatalog.Of(fault).Code : null,
        PlanningJson = ParticipationJson.Write(p),
    };

    static ReceiptRow Receipt(RoundState s, Participation p) => new()
    {
        RunId = s.Run,
        AssignmentId = p.AssignmentId,
        Client = p.Client,
        Round = p.StartRound,
        Digest = p.Digest!,
        Size = p.Size,
        AcceptedMs = p.AcceptedMs!.Value,
    };

    static VersionRow Version(RoundState s) => new()
    {
        RunId = s.Run,
        Version = s.Version.Version,
        ManifestDigest = s.Version.ManifestDigest,
        ManifestSize = s.Version.ManifestSize,
        ParentDigest = s.Version.Parent,
        SchemaDigest = s.Version.SchemaDigest,
        PlanDigest = s.Version.PlanDigest,
        PlanVersion = s.Version.PlanVersion,
        GroupsJson = WriteGroups(s.Version.Groups),
        OffsetsJson = s.Version.Offsets.IsEmpty ? null : WriteGroups(s.Version.Offsets),
        StateDigest = s.Version.StateDigest,
        PlanningJson = s.Version.Planning?.ToJson(),
        PublishedMs = s.Version.PublishedMs,
    };

    static EvaluationRow Evaluation(RoundState s, EvaluationRound evaluation, EvaluationEntry entry) => new()
    {
        RunId = s.Run,
        Version = evaluation.Version,
        Client = entry.Client,
        Attempt = evaluation.Attempt,
        AssignmentId = entry.AssignmentId,
        State = Name(entry.State),
        DeadlineMs = evaluation.DeadlineMs,
        Samples = entry.Samples,
        Correct = entry.Correct,
        LossSum = entry.LossSum,
        Code = entry.Fault is { } fault ? FaultCatalog.Of(fault).Code : null,
    };

    static string WriteGroups(ImmutableArray<GroupInfo> groups) => Encoding.UTF8.GetString(CanonicalJson.Write(w => w.WriteObjects("groups", groups, WriteGroup)));

    public static void WriteGroup(Utf8JsonWriter w, GroupInfo group)
    {
        w.WriteString("group", group.Group);
        w.WriteString("digest", group.Digest);
        w.WriteNumber("size", group.Size);
    }

    public static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
