using System.Text.Json.Nodes;
using Federated.Server.Operator.Views;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Operator;

/// <summary>What the REST interface says of runs: from snapshots and rows, never from a loop's own state.</summary>
static class RunViews
{
    public static RunView Of(RoundSnapshot snapshot)
    {
        var state = snapshot.State;
        IReadOnlyList<string> fleet = [.. state.Fleet.Keys];
        return new RunView(
            state.Run, state.Phase.ToString(), state.Round, state.Spec.Rounds, state.Attempt, state.Paused, StrategyJson.NameOf(state.Spec.Strategy), fleet, fleet,
            state.Version.Version, state.AcceptedCount, Error(snapshot.Halted ?? state.LastError), state.CreatedMs,
            state.Phase == RoundPhase.Collecting ? state.DeadlineMs : null, JsonNode.Parse(state.SpecJson)!, state.SpecDigest);
    }

    /// <summary>A run's rounds after one, with what belongs to them; with clients' phases where those are asked for.</summary>
    public static async Task<IReadOnlyList<RoundView>> RoundsAsync(OperatorRows rows, string run, int after, int limit, PhaseTimes? phases, CancellationToken stopping)
    {
        var rounds = await rows.RoundsAsync(run, after, limit, stopping);
        if (rounds.Count == 0)
            return [];
        var participations = (await rows.ParticipationsAsync(run, rounds[0].Round, rounds[^1].Round, stopping)).ToLookup(p => p.Round);
        var versions = rounds.Where(r => r.VersionOut is not null).Select(r => r.VersionOut!.Value).DefaultIfEmpty(-1).ToList();
        var evaluations = (await rows.EvaluationsAsync(run, versions.Min(), versions.Max(), stopping)).ToLookup(e => e.Version);
        return [.. rounds.Select(r => Round(r, [.. participations[r.Round].Select(p => Participation(p, phases))], [.. evaluations[r.VersionOut ?? -1]]))];
    }

    /// <summary>The state was read before the points: whatever it says is over is in them.</summary>
    public static CurvesView Curves(RoundState state, IReadOnlyList<CurvePoint> points, int after) => new(
        points.TakeWhile(p => IsSettled(state, p)).LastOrDefault()?.Round ?? after,
        [.. points.Select(p => p.Round)],
        [.. points.Select(p => p.Seconds)],
        [.. points.Select(p => p.Evaluation is { Samples: > 0 } e ? (double)e.Correct / e.Samples : (double?)null)],
        [.. points.Select(p => p.Evaluation is { Samples: > 0 } e ? e.LossSum / e.Samples : (double?)null)],
        [.. points.Select(p => p.Updates.Samples > 0 ? p.Updates.LossSum / p.Updates.Samples : (double?)null)],
        [.. points.Select(p => p.Updates.Accepted)],
        [.. points.Select(p => p.Rejected)],
        [.. points.Select(p => p.Discarded)],
        [.. points.Select(p => p.Updates.BytesUp)],
        [.. points.Select(p => p.Updates.BytesDown)]);

    public static VersionView Version(RoundState state, VersionInfo version, string? folder) => new(
        state.Run, version.Version, version.ManifestDigest, version.Parent, version.SchemaDigest, version.PlanDigest, state.Spec.Base, version.PublishedMs,
        version.Groups.Sum(g => g.Size) + version.Offsets.Sum(o => o.Size), $"/api/v1/adapters/{state.Run}/{version.Version}/archive", folder,
        [.. version.Groups.Select(View)], [.. version.Offsets.Select(View)]);

    static GroupView View(GroupInfo group) => new(group.Group, group.Digest, group.Size);

    static RoundView Round(RoundRow row, List<ParticipationView> participations, List<EvaluationRow> evaluations) => new(
        row.Round, row.Attempt, Capital(row.Phase), row.VersionIn, row.VersionOut, [.. participations.Select(p => p.Client)], row.AcceptedSetDigest,
        row.StartedMs, row.CollectedMs, row.FoldedMs, row.PublishedMs,
        row.Round > 0 && row.PublishedMs is { } end ? (end - row.StartedMs) / 1000.0 : null,
        participations,
        new UpdateCounters(participations.Count(IsAccepted), row.Rejected, row.Discarded),
        row.DiagnosticsJson is { } json ? JsonNode.Parse(json)!.AsArray() : [],
        evaluations.Count == 0 ? null : Evaluation(evaluations));

    static ParticipationView Participation(ParticipationRow row, PhaseTimes? phases) => new(
        row.Client, row.AssignmentId, Capital(row.State), row.Attempt, row.StartVersion, row.AssignedMs, row.AcceptedMs, row.Samples, row.TrainingLoss, row.BytesUp, row.BytesDown, row.Digest, row.Code,
        phases?.Of(row.AssignmentId), row.PlanningJson is { } planning ? JsonNode.Parse(planning) : null);

    // Rows come in client-id order, so that the sum of the losses has the same bits every time.
    static EvaluationView Evaluation(List<EvaluationRow> rows)
    {
        var done = rows.Where(r => r.State == RoundRows.Name(EvaluationState.Done)).ToList();
        return new EvaluationView(
            done.Sum(r => r.Samples), done.Sum(r => r.Correct), done.Sum(r => r.LossSum), rows.Count(r => r.State == RoundRows.Name(EvaluationState.Assigned)),
            [.. done.Select(r => new ClientEvaluation(r.Client, r.Samples, r.Correct, r.LossSum))]);
    }

    // Version 0 is evaluated from the first round on; every other from its publication on.
    static bool IsSettled(RoundState state, CurvePoint point) =>
        state.Round > 1 && point.Round < state.Round && !(point.VersionOut is { } version && state.Evaluations.ContainsKey(version));

    static bool IsAccepted(ParticipationView participation) => participation.State == nameof(ParticipationState.Accepted);

    static string? Error(Faults.Refusal? refusal) => refusal is null ? null : $"{refusal.Code}: {refusal.Message}";

    static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
