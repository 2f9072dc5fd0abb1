using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Federated.Server.Rounds;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Cli.Simulation;

/// <summary>What a simulation has shown. Times are virtual seconds from its beginning.</summary>
sealed record SimulationResult
{
    /// <summary>Completed, Stopped, or OutOfTime.</summary>
    public required string Outcome { get; init; }

    public required string Run { get; init; }
    public required double VirtualSeconds { get; init; }
    public required IReadOnlyList<SimulatedRound> Rounds { get; init; }
    public required IReadOnlyList<SimulatedClientResult> Clients { get; init; }

    /// <summary>Manifest digest of the last published version.</summary>
    public required string? Published { get; init; }

    public required long Events { get; init; }

    /// <summary>SHA-256 of the event log, lower-case hexadecimal.</summary>
    public required string EventLogDigest { get; init; }

    [JsonIgnore]
    public string EventLog { get; init; } = "";

    public static async Task<SimulationResult> OfAsync(
        string outcome, MemoryRunStore store, string run, IReadOnlyList<SimulatedClient> clients, SimulatedClock clock, EventLog log)
    {
        var start = clock.GetUtcNow().ToUnixTimeMilliseconds() - (long)(clock.Seconds * 1000);
        var parts = (await store.ParticipationsAsync(run, null, CancellationToken.None)).ToLookup(p => p.Round);
        var evaluations = (await store.EvaluationsAsync(run, CancellationToken.None)).ToLookup(e => e.Version);
        var rounds = (await store.RoundsAsync(run, CancellationToken.None)).Where(r => r.Round > 0)
            .Select(r => SimulatedRound.Of(r, [.. parts[r.Round]], [.. evaluations[r.Round]], start)).ToList();
        var last = rounds.LastOrDefault(r => r.PublishedAt is not null)?.Round ?? 0;
        var text = log.ToString();
        return new SimulationResult
        {
            Outcome = outcome,
            Run = run,
            VirtualSeconds = clock.Seconds,
            Rounds = rounds,
            Clients = [.. clients.Select(c => SimulatedClientResult.Of(c, parts.SelectMany(p => p).Where(p => p.Client == c.Id)))],
            Published = (await store.VersionAsync(run, last, CancellationToken.None))?.ManifestDigest,
            Events = clock.Events,
            EventLog = text,
            EventLogDigest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
        };
    }
}

/// <summary>One round, over all its attempts.</summary>
sealed record SimulatedRound(int Round, int Attempts, double StartedAt, double? CollectedAt, double? PublishedAt)
{
    public required int Accepted { get; init; }
    public required int Rejected { get; init; }
    public required int Discarded { get; init; }

    /// <summary>Mean of what the accepted clients reported; null where nobody did.</summary>
    public required double? TrainingLoss { get; init; }

    /// <summary>Of the version that the round published, over all evaluating clients.</summary>
    public required double? EvaluationLoss { get; init; }

    public required double? Accuracy { get; init; }
    public required long BytesUp { get; init; }
    public required long BytesDown { get; init; }

    public double? Seconds => PublishedAt - StartedAt;

    public static SimulatedRound Of(RoundRow row, IReadOnlyList<ParticipationRow> parts, IReadOnlyList<EvaluationRow> evaluations, long start)
    {
        double? At(long? ms) => ms is { } value ? (value - start) / 1000.0 : null;
        var accepted = parts.Where(SimulatedClientResult.IsAccepted).ToList();
        var samples = evaluations.Sum(e => e.Samples);
        return new SimulatedRound(row.Round, row.Attempt, At(row.StartedMs)!.Value, At(row.CollectedMs), At(row.PublishedMs))
        {
            Accepted = accepted.Count,
            Rejected = row.Rejected,
            Discarded = row.Discarded,
            TrainingLoss = accepted.Average(p => p.TrainingLoss),
            EvaluationLoss = samples == 0 ? null : evaluations.Sum(e => e.LossSum) / samples,
            Accuracy = samples == 0 ? null : (double)evaluations.Sum(e => e.Correct) / samples,
            BytesUp = accepted.Sum(p => p.BytesUp),
            BytesDown = accepted.Sum(p => p.BytesDown),
        };
    }
}

/// <summary>One client over the whole simulation. Bytes include everything that crossed its line.</summary>
sealed record SimulatedClientResult(string Id, int Asked, int Accepted, int Crashes, long BytesUp, long BytesDown)
{
    public static bool IsAccepted(ParticipationRow part) => string.Equals(part.State, nameof(ParticipationState.Accepted), StringComparison.OrdinalIgnoreCase);

    public static SimulatedClientResult Of(SimulatedClient client, IEnumerable<ParticipationRow> parts)
    {
        var own = parts.ToList();
        return new SimulatedClientResult(client.Id, own.Count, own.Count(IsAccepted), client.Crashes, client.BytesUp, client.BytesDown);
    }
}
