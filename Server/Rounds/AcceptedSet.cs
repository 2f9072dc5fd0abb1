using Federated.Formats.Digests;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Server.Storage;

namespace Federated.Server.Rounds;

/// <summary>The updates that a round folds, in client-id order; with the plan and the RunSpec it determines the published bytes.</summary>
sealed class AcceptedSet(ImmutableArray<AcceptedUpdate> updates)
{
    string? _json;
    string? _digest;

    public ImmutableArray<AcceptedUpdate> Updates => updates;

    public string Json => _json ??= Encoding.UTF8.GetString(CanonicalJson.Write(w => w.WriteObjects("updates", Updates, WriteUpdate)));

    /// <summary>Of <see cref="Json"/>.</summary>
    public string Digest => _digest ??= TreeDigest.Of(Encoding.UTF8.GetBytes(Json));

    static void WriteUpdate(Utf8JsonWriter w, AcceptedUpdate update)
    {
        w.WriteString("client", update.Client);
        w.WriteString("assignment", update.AssignmentId);
        w.WriteString("start", update.StartManifest);
        w.WriteString("digest", update.Digest);
        w.WriteNumber("samples", update.Samples);
        if (update.StartRound is { } round)
            w.WriteNumber("startRound", round);
        if (update.StartVersion is { } version)
            w.WriteNumber("startVersion", version);
    }

    /// <summary>Reads <see cref="Json"/>.</summary>
    public static AcceptedSet Parse(ReadOnlySpan<byte> utf8)
    {
        var o = StrictObject.Parse(utf8, "acceptedSet");
        var set = new AcceptedSet([.. o.Objects("updates", ReadUpdate)]);
        o.Done();
        return set;
    }

    static AcceptedUpdate ReadUpdate(StrictObject o) => new(o.Text("client"), o.Text("assignment"), o.Text("start"), o.Text("digest"), o.Integer("samples", 0, long.MaxValue))
    {
        StartRound = Optional(o, "startRound"),
        StartVersion = Optional(o, "startVersion"),
    };

    static int? Optional(StrictObject o, string name) => o.Element(name) is null ? null : (int)o.Integer(name, 0, int.MaxValue);
}

sealed record AcceptedUpdate(string Client, string AssignmentId, string StartManifest, string Digest, long Samples)
{
    /// <summary>The round that gave the assignment; null: the one that folds it.</summary>
    public int? StartRound { get; init; }

    /// <summary>The version that the client started from; null: the round's own.</summary>
    public int? StartVersion { get; init; }

    public static AcceptedUpdate Of(Participation p, RoundState state) => new(p.Client, p.AssignmentId, p.StartManifest, p.Digest!, p.Samples)
    {
        StartRound = p.StartRound == state.Round ? null : p.StartRound,
        StartVersion = p.StartVersion == state.Version.Version ? null : p.StartVersion,
    };
}
