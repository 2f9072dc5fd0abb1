using Federated.Formats.Digests;
using System.Collections.Immutable;
using System.Text;
using Federated.Aggregators.Json;
using Federated.Server.Faults;
using Federated.Server.Privacy;
using Federated.Server.Rounds.Phases;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Rounds;

/// <summary>The way back: a run's state from its rows.</summary>
static class RoundRestore
{
    /// <exception cref="FaultException">The stored RunSpec is not the one that was accepted.</exception>
    public static async Task<RoundState> LoadAsync(IRunStore store, RunRow run, CancellationToken stopping)
    {
        var rounds = await store.RoundsAsync(run.Id, stopping);
        var state = Begin(run, await VersionAsync(store, run.Id, run.Version, stopping));
        foreach (var row in await store.LedgerAsync(run.Id, stopping))
            state = state with { Spent = PrivacySpending.Add(state.Spent, LedgerRows.Clients(row)) };
        if (rounds.FirstOrDefault(r => r.Round == run.Round) is { } round)
            state = WithRound(state, round);
        state = await WithParticipationsAsync(state, store, stopping);
        if (state.Phase is RoundPhase.Collecting or RoundPhase.Aggregating)
            state = WithPlan(state, await store.PlanAsync(run.Id, run.Round, run.Attempt, stopping));
        foreach (var row in rounds.Where(r => r.DiagnosticsJson is null))
        {
            if (await OrderAsync(store, state.Spec, row, stopping) is { } order)
                state = state with { Diagnoses = state.Diagnoses.Add(new Diagnosis(order, Record(row), row.Attempt)) };
        }
        return await WithEvaluationsAsync(state, store, stopping);
    }

    /// <summary>What a published round folded; null where it folded nothing.</summary>
    public static async Task<FoldOrder?> OrderAsync(IRunStore store, RunSpec spec, RoundRow round, CancellationToken stopping)
    {
        if (round is not { AcceptedSetJson: { } json, VersionOut: not null } || await store.PlanAsync(spec.Name, round.Round, round.Attempt, stopping) is not { } plan)
            return null;
        var order = new FoldOrder(spec, RoundPlan.Parse(Encoding.UTF8.GetBytes(plan.Json)), AcceptedSet.Parse(Encoding.UTF8.GetBytes(json)),
            await VersionAsync(store, spec.Name, round.VersionIn, stopping));
        foreach (var start in order.Accepted.Updates.Select(u => u.StartVersion).OfType<int>().Distinct())
            order = order with { Starts = order.Starts.SetItem(start, await VersionAsync(store, spec.Name, start, stopping)) };
        return order;
    }

    static async Task<VersionInfo> VersionAsync(IRunStore store, string run, int version, CancellationToken stopping) =>
        Version(await store.VersionAsync(run, version, stopping) ?? throw new StoreConflictException($"Run '{run}' has no version {version}."));

    public static VersionInfo Version(VersionRow row) =>
        new(row.Version, row.ManifestDigest, row.ManifestSize, row.ParentDigest, row.SchemaDigest, row.PlanDigest)
        {
            PlanVersion = row.PlanVersion,
            Groups = ReadGroups(row.GroupsJson),
            Offsets = row.OffsetsJson is { } offsets ? ReadGroups(offsets) : [],
            StateDigest = row.StateDigest,
            Planning = row.PlanningJson is { } planning ? VersionPlanning.Parse(planning) : null,
            PublishedMs = row.PublishedMs,
        };

    static RoundState Begin(RunRow run, VersionInfo version)
    {
        var json = Encoding.UTF8.GetBytes(run.SpecJson);
        if (TreeDigest.Of(json) != run.SpecDigest)
            throw new FaultException(Fault.SpecAltered, $"The specification of run '{run.Id}' no longer has the digest {run.SpecDigest}.");
        return new RoundState
        {
            Spec = RunSpecJson.Read(json),
            SpecJson = run.SpecJson,
            SpecDigest = run.SpecDigest,
            CreatedMs = run.CreatedMs,
            Phase = Parse<RoundPhase>(run.Phase),
            Paused = run.Paused,
            Round = run.Round,
            Attempt = run.Attempt,
            RetryAtMs = run.RetryAtMs,
            LastError = run.LastError is { } error ? ReadError(error) : null,
            Version = version,
        };
    }

    static RoundRecord Record(RoundRow round) => new(round.Round, round.VersionIn, round.StartedMs)
    {
        VersionOut = round.VersionOut,
        CollectedMs = round.CollectedMs,
        FoldedMs = round.FoldedMs,
        PublishedMs = round.PublishedMs,
        DiagnosticsJson = round.DiagnosticsJson,
        LeakageJson = round.LeakageJson,
        Rejected = round.Rejected,
        Discarded = round.Discarded,
    };

    static RoundState WithRound(RoundState state, RoundRow round) => state with
    {
        Record = Record(round),
        Accepted = round.AcceptedSetJson is { } set ? AcceptedSet.Parse(Encoding.UTF8.GetBytes(set)) : null,
    };

    static async Task<RoundState> WithParticipationsAsync(RoundState state, IRunStore store, CancellationToken stopping)
    {
        var rows = (await store.ParticipationsAsync(state.Run, null, stopping)).ToLookup(p => p.Round, ParticipationOf);
        var history = Enumerable.Range(1, state.Round - 1).Aggregate(state.History, (h, round) => ClientHistory.After(h, round, rows[round]));
        var reports = Enumerable.Range(1, state.Round - 1).Aggregate(state.Reports, (r, round) => SiteReports.After(r, rows[round]));
        state = state with { History = history, Reports = reports, Participations = ByClient(state, rows[state.Round]), Late = ByClient(state, rows[state.Round + 1]) };
        var live = state.Participations.Values.Concat(state.Late.Values).Where(p => p.State is ParticipationState.Assigned or ParticipationState.Accepted);
        foreach (var start in live.Select(p => p.StartVersion).Distinct().Where(v => v != state.Version.Version).ToList())
        {
            state = state with { Starts = state.Starts.SetItem(start, await VersionAsync(store, state.Run, start, stopping)) };
        }
        return state;
    }

    static ImmutableSortedDictionary<string, Participation> ByClient(RoundState state, IEnumerable<Participation> participations) =>
        state.Participations.Clear().AddRange(participations.Select(p => KeyValuePair.Create(p.Client, p)));

    static Participation ParticipationOf(ParticipationRow row) => ParticipationJson.Read(
        new(row.Client, row.AssignmentId, row.Attempt, Parse<ParticipationState>(row.State), row.StartManifest)
        {
            StartRound = row.StartRound,
            StartVersion = row.StartVersion,
            AssignedMs = row.AssignedMs,
            AcceptedMs = row.AcceptedMs,
            Digest = row.Digest,
            Size = row.BytesUp,
            Samples = row.Samples,
            TrainingLoss = row.TrainingLoss,
            BytesDown = row.BytesDown,
            Fault = FaultOf(row.Code),
        },
        row.PlanningJson);

    static RoundState WithPlan(RoundState state, PlanRow? row) => row is null
        ? throw new StoreConflictException($"Run '{state.Run}' has no plan for round {state.Round}, attempt {state.Attempt}.")
        : state with { Plan = RoundPlan.Parse(Encoding.UTF8.GetBytes(row.Json)), DeadlineMs = row.DeadlineMs };

    static async Task<RoundState> WithEvaluationsAsync(RoundState state, IRunStore store, CancellationToken stopping)
    {
        var rows = await store.EvaluationsAsync(state.Run, stopping);
        foreach (var group in rows.GroupBy(r => r.Version))
        {
            var entries = group.ToImmutableSortedDictionary(r => r.Client, EntryOf, StringComparer.Ordinal);
            if (entries.Values.All(e => e.State != EvaluationState.Assigned))
            {
                state = Evaluating.Judged(state, group.Key, EvaluationTotal.Of(entries.Values));
                continue;
            }
            var evaluation = new EvaluationRound(await VersionAsync(store, state.Run, group.Key, stopping), group.First().Attempt, group.First().DeadlineMs, entries);
            state = state with { Evaluations = state.Evaluations.Add(group.Key, evaluation) };
        }
        return state;
    }

    static EvaluationEntry EntryOf(EvaluationRow row) => new(row.Client, row.AssignmentId, Parse<EvaluationState>(row.State))
    {
        Samples = row.Samples,
        Correct = row.Correct,
        LossSum = row.LossSum,
        Fault = FaultOf(row.Code),
    };

    static ImmutableArray<GroupInfo> ReadGroups(string json)
    {
        var o = StrictObject.Parse(Encoding.UTF8.GetBytes(json), "version");
        return [.. o.Objects("groups", ReadGroup)];
    }

    public static GroupInfo ReadGroup(StrictObject o) => new(o.Text("group"), o.Text("digest"), o.Integer("size", 0, long.MaxValue));

    static Refusal? ReadError(string text) => FaultOf(text.Split(':')[0]) is { } fault ? new Refusal(fault, text[(text.IndexOf(':') + 2)..]) : null;

    static Fault? FaultOf(string? code) => FaultCatalog.All.FirstOrDefault(d => d.Code == code)?.Fault;

    static T Parse<T>(string text) where T : struct, Enum => Enum.Parse<T>(text, ignoreCase: true);
}
