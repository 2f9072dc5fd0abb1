using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Operator;

/// <summary>What the REST interface says of runs: from snapshots and rows, never from a loop's own state.</summary>
static class RunViews
{
    public static object Of(RoundSnapshot snapshot)
    {
        var state = snapshot.State;
        return new
        {
            id = state.Run,
            phase = state.Phase.ToString(),
            round = state.Round,
            rounds = state.Spec.Rounds,
            attempt = state.Attempt,
            paused = state.Paused,
            strategy = StrategyJson.NameOf(state.Spec.Strategy),
            joined = state.Fleet.Keys,
            connected = state.Fleet.Keys,
            version = state.Version.Version,
            accepted = state.AcceptedCount,
            lastError = Error(snapshot.Halted ?? state.LastError),
            spec = JsonNode.Parse(state.SpecJson),
            specDigest = state.SpecDigest,
        };
    }

    public static async Task<IEnumerable<object>> RoundsAsync(IRunStore store, RoundState state, CancellationToken stopping)
    {
        var participations = (await store.ParticipationsAsync(state.Run, null, stopping)).ToLookup(p => p.Round);
        var evaluations = (await store.EvaluationsAsync(state.Run, stopping)).ToLookup(e => e.Version);
        return (await store.RoundsAsync(state.Run, stopping)).Select(r => Round(r, [.. participations[r.Round]], [.. evaluations[r.VersionOut ?? -1]]));
    }

    public static object Version(RoundState state, VersionInfo version, string? folder) => new
    {
        version = version.Version,
        schema = version.SchemaDigest,
        plan = version.PlanDigest,
        parent = version.Parent,
        digest = version.ManifestDigest,
        publishedFolder = folder,
        publishedMs = version.PublishedMs,
        @base = state.Spec.Base,
        groups = version.Groups.Select(g => new { group = g.Group, digest = g.Digest, size = g.Size }),
        offsets = version.Offsets.Select(o => new { group = o.Group, digest = o.Digest, size = o.Size }),
    };

    static object Round(RoundRow row, List<ParticipationRow> participations, List<EvaluationRow> evaluations) => new
    {
        round = row.Round,
        attempt = row.Attempt,
        phase = Capital(row.Phase),
        versionIn = row.VersionIn,
        versionOut = row.VersionOut,
        cohort = participations.Select(p => p.Client),
        acceptedSetDigest = row.AcceptedSetDigest,
        startedMs = row.StartedMs,
        collectedMs = row.CollectedMs,
        foldedMs = row.FoldedMs,
        publishedMs = row.PublishedMs,
        seconds = row.Round > 0 && row.PublishedMs is { } end ? (end - row.StartedMs) / 1000.0 : (double?)null,
        participations = participations.Select(Participation),
        counters = new
        {
            accepted = participations.Count(p => p.State == RoundRows.Name(ParticipationState.Accepted)),
            rejected = row.Rejected,
            discarded = row.Discarded,
        },
        diagnostics = row.DiagnosticsJson is { } json ? JsonNode.Parse(json) : new JsonArray(),
        evaluation = evaluations.Count == 0 ? null : Evaluation(evaluations),
    };

    static object Participation(ParticipationRow row) => new
    {
        client = row.Client,
        state = Capital(row.State),
        samples = row.Samples,
        trainingLoss = row.TrainingLoss,
        bytesUp = row.BytesUp,
        bytesDown = row.BytesDown,
        digest = row.Digest,
        code = row.Code,
    };

    // Rows come in client-id order, so that the sum of the losses has the same bits every time.
    static object Evaluation(List<EvaluationRow> rows)
    {
        var done = rows.Where(r => r.State == RoundRows.Name(EvaluationState.Done)).ToList();
        return new
        {
            samples = done.Sum(r => r.Samples),
            correct = done.Sum(r => r.Correct),
            lossSum = done.Sum(r => r.LossSum),
            open = rows.Count(r => r.State == RoundRows.Name(EvaluationState.Assigned)),
            clients = done.Select(r => new { client = r.Client, samples = r.Samples, correct = r.Correct, lossSum = r.LossSum }),
        };
    }

    static string? Error(Faults.Refusal? refusal) => refusal is null ? null : $"{refusal.Code}: {refusal.Message}";

    static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
