using Federated.Formats.Digests;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Server.Storage;

namespace Federated.Server.Rounds;

/// <summary>What a round attempt does, decided after selection and saved before the first push.</summary>
sealed record RoundPlan(string Run, int Round, int Attempt, int VersionIn, string Manifest, string PlanDigest, double LearningRate, ImmutableArray<PlannedClient> Cohort)
{
    /// <summary>The round as strategies count it: the first is 0.</summary>
    public int FoldRound => Round - 1;

    public string Digest => TreeDigest.Of(ToJson());

    public byte[] ToJson() => CanonicalJson.Write(w =>
    {
        w.WriteString("run", Run);
        w.WriteNumber("round", Round);
        w.WriteNumber("attempt", Attempt);
        w.WriteNumber("versionIn", VersionIn);
        w.WriteString("manifest", Manifest);
        w.WriteString("plan", PlanDigest);
        w.WriteNumber("learningRate", LearningRate);
        w.WriteObjects("cohort", Cohort, WriteClient);
    });

    static void WriteClient(Utf8JsonWriter w, PlannedClient client)
    {
        w.WriteString("client", client.Client);
        w.WriteString("assignment", client.AssignmentId);
        w.WriteString("seed", client.Seed.ToString(CultureInfo.InvariantCulture));
        w.WriteBoolean("carried", client.Carried);
        if (client.Plan is { } own)
            w.WriteString("plan", own);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static RoundPlan Parse(ReadOnlySpan<byte> utf8)
    {
        var o = StrictObject.Parse(utf8, "roundPlan");
        var plan = new RoundPlan(
            o.Text("run"),
            (int)o.Integer("round", 0, int.MaxValue),
            (int)o.Integer("attempt", 0, int.MaxValue),
            (int)o.Integer("versionIn", 0, int.MaxValue),
            o.Text("manifest"),
            o.Text("plan"),
            o.Number("learningRate", 0, double.MaxValue),
            [.. o.Objects("cohort", ReadClient)]);
        o.Done();
        return plan;
    }

    static PlannedClient ReadClient(StrictObject o) => new(o.Text("client"), o.Text("assignment"), ulong.Parse(o.Text("seed"), CultureInfo.InvariantCulture), o.Flag("carried"))
    {
        Plan = o.Element("plan") is null ? null : o.Text("plan"),
    };
}

/// <param name="Client">Its id.</param>
/// <param name="AssignmentId">The key of idempotency.</param>
/// <param name="Seed">What its per-step seeds derive from; the same in every attempt.</param>
/// <param name="Carried">Its update was accepted in an earlier attempt and still counts.</param>
sealed record PlannedClient(string Client, string AssignmentId, ulong Seed, bool Carried)
{
    /// <summary>Digest of its own plan; null: the round's.</summary>
    public string? Plan { get; init; }
}
