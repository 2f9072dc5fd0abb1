using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Server.Planning;

namespace Federated.Server.Rounds;

/// <summary>What each client that has measured itself is to train from a version; written with it, so that a plan changes between rounds only.</summary>
/// <param name="PlanVersion">Of every plan here; up by one whenever a choice changes.</param>
/// <param name="Clients">By id; a client that is not here trains the run's own plan, and measures.</param>
sealed record VersionPlanning(int PlanVersion, ImmutableSortedDictionary<string, PlannedPart> Clients)
{
    public ClientStart? StartOf(string client) => Clients.GetValueOrDefault(client)?.Start;

    /// <summary>Whether a client only evaluates.</summary>
    public bool Excludes(string client) => Clients.GetValueOrDefault(client) is { Start: null };

    /// <summary>Of the blobs that this client starts from. Others' starts are not its business.</summary>
    public IEnumerable<string> Digests(string client) => StartOf(client) is { } start ? [start.Manifest, start.Plan, .. start.Groups.Select(g => g.Digest)] : [];

    public string ToJson() => Encoding.UTF8.GetString(CanonicalJson.Write(w =>
    {
        w.WriteNumber("planVersion", PlanVersion);
        w.WriteObjects("clients", Clients.Values, PlannedPart.Write);
    }));

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static VersionPlanning Parse(string json)
    {
        var o = StrictObject.Parse(Encoding.UTF8.GetBytes(json), "planning");
        var planning = new VersionPlanning((int)o.Integer("planVersion", 0, int.MaxValue),
            o.Objects("clients", PlannedPart.Read).ToImmutableSortedDictionary(p => p.Choice.Client, p => p, StringComparer.Ordinal));
        o.Done();
        return planning;
    }
}

/// <param name="Choice">Sizes and predictions, or why the client only evaluates.</param>
/// <param name="Start">Null for a client that only evaluates.</param>
sealed record PlannedPart(ClientChoice Choice, ClientStart? Start)
{
    public static void Write(Utf8JsonWriter w, PlannedPart part)
    {
        w.WriteString("client", part.Choice.Client);
        if (part.Choice.Refusal is { } refusal)
            w.WriteString("refusal", refusal);
        if (part.Start is { } start)
            WriteTraining(w, part.Choice, start);
    }

    public static PlannedPart Read(StrictObject o)
    {
        var client = o.Text("client");
        if (o.Element("refusal") is not null)
            return new PlannedPart(ClientChoice.EvaluationOnly(client, o.Text("refusal")), null);
        var choice = new ClientChoice(client, o.Texts("groups", maxCount: 100_000), (int)o.Integer("rank", 1, int.MaxValue), (int)o.Integer("batch", 1, int.MaxValue),
            (int)o.Integer("baseBits", 1, 32), o.Number("predictedBytes", 0, double.MaxValue), o.Number("predictedSeconds", 0, double.MaxValue));
        return new PlannedPart(choice, new ClientStart(o.Text("plan"), o.Text("manifest"), (int)o.Integer("steps", 1, int.MaxValue), [.. o.Objects("blobs", RoundRestore.ReadGroup)]));
    }

    static void WriteTraining(Utf8JsonWriter w, ClientChoice choice, ClientStart start)
    {
        w.WriteTexts("groups", choice.Groups);
        w.WriteNumber("rank", choice.Rank);
        w.WriteNumber("batch", choice.Batch);
        w.WriteNumber("baseBits", choice.BaseBits);
        w.WriteNumber("predictedBytes", choice.PredictedBytes);
        w.WriteNumber("predictedSeconds", choice.PredictedSeconds);
        w.WriteNumber("steps", start.Steps);
        w.WriteString("plan", start.Plan);
        w.WriteString("manifest", start.Manifest);
        w.WriteObjects("blobs", start.Groups, RoundRows.WriteGroup);
    }
}

/// <summary>A version as one plan sees it.</summary>
/// <param name="Plan">The plan's digest.</param>
/// <param name="Manifest">The manifest's digest.</param>
/// <param name="Steps">Of the client's passes over its data.</param>
/// <param name="Groups">The blobs that the manifest lists.</param>
sealed record ClientStart(string Plan, string Manifest, int Steps, ImmutableArray<GroupInfo> Groups);
