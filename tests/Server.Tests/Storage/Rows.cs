using Federated.Server.Storage.Rows;

namespace Server.Tests.Storage;

static class Rows
{
    public static List<IRow> Everything(string run) =>
    [
        Run(run),
        new RoundRow
        {
            RunId = run, Round = 1, Attempt = 2, Phase = "published", VersionIn = 0, VersionOut = 1, StartedMs = 1_700_000_000_000, CollectedMs = 2, FoldedMs = 3, PublishedMs = 4,
            Rejected = 5, Discarded = 6, AcceptedSetJson = "{}", AcceptedSetDigest = "d", DiagnosticsJson = "[]",
        },
        new RoundRow { RunId = run, Round = 2, Attempt = 1, Phase = "collecting", VersionIn = 1, StartedMs = 5, Rejected = 0, Discarded = 0 },
        new PlanRow { RunId = run, Round = 1, Attempt = 1, Json = "{\"a\":\"ü\"}", Digest = "d", DeadlineMs = long.MaxValue },
        Participation(run, 1, "a"),
        Receipt(run, $"{run}:1:1:t:a", "d"),
        new VersionRow
        {
            RunId = run, Version = 0, ManifestDigest = "m", ManifestSize = 1, ParentDigest = null, SchemaDigest = "s", PlanDigest = "p", PlanVersion = 0, GroupsJson = "{}",
            OffsetsJson = "{\"groups\":[]}", StateDigest = null, PublishedMs = 9,
        },
        new EvaluationRow
        {
            RunId = run, Version = 1, Client = "a", Attempt = 1, AssignmentId = "e", State = "done", DeadlineMs = 1, Samples = 2, Correct = 1, LossSum = 0.1, Code = null,
        },
        new LedgerRow
        {
            RunId = run, Version = 1, Round = 1, At = "server", Noise = 1.25, Planned = 3, ClientsJson = "[\"a\"]", AcceptedSetDigest = "d", Epsilon = 0.5, Delta = 1e-5,
            Accountant = "rdp", AtMs = 4,
        },
        Client("client"),
    ];

    public static RunRow Run(string id) => new()
    {
        Id = id, SpecJson = "{}", SpecDigest = "d", CreatedMs = 1, Phase = "idle", Paused = true, Round = 1, Attempt = 1, Version = 0,
    };

    public static ParticipationRow Participation(string run, int round, string client) => new()
    {
        RunId = run, Round = round, Client = client, Attempt = 1, AssignmentId = "x", State = "accepted", StartManifest = "m", StartRound = round, StartVersion = round - 1, AssignedMs = 7, AcceptedMs = 8, Samples = 10, TrainingLoss = 0.1 + 0.2,
        BytesUp = 1L << 40, BytesDown = 0, Digest = "d", Code = null,
    };

    public static ReceiptRow Receipt(string run, string assignment, string digest) => new()
    {
        RunId = run, AssignmentId = assignment, Client = "a", Round = 1, Digest = digest, Size = 3, AcceptedMs = 4,
    };

    public static EventRow Event(string? run, string kind) => new() { TimeMs = 5, RunId = run, Round = 1, Client = "a", Kind = kind, Code = "F203", DataJson = "{\"a\":1}" };

    public static ClientRow Client(string id) => new() { Id = id, TokenHash = "h", FirstSeenMs = 1 };
}
