using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Federated.Formats.Digests;
using Federated.Protos.V1;
using Federated.Server.Rounds;
using Server.Tests.Kit;
using UpdateHeader = Federated.Protos.V1.UpdateHeader;

namespace Server.Tests.Rounds;

/// <summary>What comes with an assignment so that nobody has to ask for it.</summary>
public sealed class AssignmentBlobsTests : IAsyncLifetime
{
    readonly WatchedBlobs _blobs = new();
    readonly ServerKit _server;
    TestAdapter _adapter = new();
    SyntheticClient _a = null!;
    RoundLoop Loop => _server.Runs.All[0];

    public AssignmentBlobsTests() => _server = new ServerKit(blobs: _blobs);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task FirstAssignment_OnAStream_BringsNone()
    {
        var (talk, first) = await BeginAsync();
        Assert.Empty(first.Blobs);
        await NextAsync(talk, first);

        var again = await Conversation.OpenAsync(_server, _a);
        Assert.Empty((await again.JoinAsync(_a)).Blobs);
    }

    [Fact]
    public async Task SecondAssignment_BringsExactlyWhatChanged()
    {
        var (talk, first) = await BeginAsync();
        var before = Groups();

        var second = await NextAsync(talk, first, unchanged: 1);

        Assert.Equal(before[0], Groups()[0]);
        Assert.Equal(Groups().Except(before), Digests(second));
        Assert.Equal(2, second.Blobs.Count);
    }

    [Fact]
    public async Task SecondAssignment_OfUnchangedGroups_BringsNone()
    {
        var (talk, first) = await BeginAsync();
        var second = await NextAsync(talk, first, unchanged: 3);
        Assert.NotEqual(first.ManifestDigest, second.ManifestDigest);
        Assert.Empty(second.Blobs);
    }

    [Fact]
    public async Task SecondAssignment_OfMoreThanTheLimitTogether_BringsNone()
    {
        _adapter = new TestAdapter(modules: 4, width: 4096, rank: 4);
        var (talk, first) = await BeginAsync();
        var second = await NextAsync(talk, first);
        Assert.Empty(second.Blobs);
        Assert.Equal(3, (await NextAsync(talk, second, unchanged: 2)).Blobs.Count);
    }

    [Fact]
    public async Task SecondAssignment_WithOneGroupBeyondTheLimit_BringsNone()
    {
        _adapter = new TestAdapter(modules: 1, width: 7000, rank: 1);
        var (talk, first) = await BeginAsync();
        Assert.Empty((await NextAsync(talk, first)).Blobs);
    }

    [Fact]
    public async Task SecondAssignment_OfAClientThatDoesNotTakeThem_BringsNone()
    {
        var (talk, first) = await BeginAsync(takesBlobs: false);
        Assert.Empty((await NextAsync(talk, first)).Blobs);
    }

    [Fact]
    public async Task Assignment_OfBlobsThatCannotBeRead_BringsNoneAndTheRunGoesOn()
    {
        var (talk, first) = await BeginAsync();
        var second = await NextAsync(talk, first);
        _blobs.IsBroken = true;
        Assert.Empty((await NextAsync(talk, second)).Blobs);
    }

    [Fact]
    public async Task Assignments_OfOneVersion_BringItOnce()
    {
        var (talk, first) = await BeginAsync(evaluates: true);
        // Version 0 is trained from and evaluated: one of the two has come.
        var other = await HearAsync(talk);
        await SendAsync(first.Kind == AssignmentKind.Train ? first : other);
        Assignment[] next = [await HearAsync(talk), await HearAsync(talk)];

        Assert.Equal([AssignmentKind.Train, AssignmentKind.Evaluate], next.Select(a => a.Kind).Order());
        Assert.Equal(next[0].ManifestDigest, next[1].ManifestDigest);
        Assert.Equal(Groups(), Digests(next[0]));
        Assert.Empty(next[1].Blobs);
    }

    [Fact]
    public async Task SecondAssignment_AfterLeavingAndJoiningAgain_BringsNone()
    {
        var (talk, first) = await BeginAsync();
        await talk.SayAsync(new ClientMessage { Leave = new LeaveRun { RunId = "blobs" } });
        await Loop.WaitAsync(s => s.Fleet.IsEmpty, CancellationToken.None).DefaultTimeout();
        await SendAsync(first);
        await Loop.WaitAsync(s => s.Version.Version == 1, CancellationToken.None).DefaultTimeout();

        await talk.SayAsync(new ClientMessage { Join = _a.Join(new RunOffer { RunId = "blobs", BaseDigest = Base() }) });

        var second = await HearAsync(talk);
        Assert.Equal(2u, second.Round);
        Assert.Empty(second.Blobs);
    }

    [Fact]
    public async Task Blobs_AreMeteredAsDownloads()
    {
        var (talk, first) = await BeginAsync();
        var counts = new ConcurrentBag<long>();
        using var listener = new MeterListener { InstrumentPublished = (i, self) => { if (i.Name == "federated.bytes") self.EnableMeasurementEvents(i); } };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) => { if (tags.Contains(new("direction", "down"))) counts.Add(count); });
        listener.Start();

        var second = await NextAsync(talk, first);

        var bytes = second.Blobs.Sum(b => (long)b.Length);
        Assert.Equal(bytes, _server.Transfers.Take("a"));
        Assert.Contains(bytes, counts);
    }

    async Task<(Conversation Talk, Assignment First)> BeginAsync(bool takesBlobs = true, bool evaluates = false)
    {
        _a = new SyntheticClient("a", _server.Wire, _adapter) { EvaluationSamples = evaluates ? 10u : 0, TakesBlobs = takesBlobs };
        await _server.CreateAsync(_adapter, _adapter.Spec("blobs", rounds: 5, cohort: 1, s =>
        {
            if (evaluates)
                s["evaluate"] = new JsonObject();
        }));
        var talk = await Conversation.OpenAsync(_server, _a);
        return (talk, await talk.JoinAsync(_a));
    }

    /// <summary>Ends a round with one update; the assignment of the next.</summary>
    async Task<Assignment> NextAsync(Conversation talk, Assignment work, int unchanged = 0)
    {
        await SendAsync(work, unchanged);
        return await HearAsync(talk);
    }

    /// <summary>Sends an update that leaves the first groups as they are.</summary>
    async Task SendAsync(Assignment work, int unchanged = 0)
    {
        var (open, bytes) = _a.Update(work);
        var tensors = bytes[open.Header.Length..];
        tensors.AsSpan(0, _adapter.Layout.Groups.Take(unchanged).SelectMany(g => g.Tensors).Sum(t => sizeof(float) * t.Elements)).Clear();
        (open, bytes) = SyntheticClient.Seal(UpdateHeader.Parser.ParseFrom(open.Header), tensors);
        Assert.Equal(UploadResult.Accepted, (await _server.Wire.UploadAsync(_a.Token, open, bytes, CancellationToken.None)).Result);
    }

    static async Task<Assignment> HearAsync(Conversation talk) => (await talk.HearAsync(ServerMessage.MessageOneofCase.Assignment)).Assignment;

    List<string> Groups() => [.. Loop.Current.State.Version.Groups.Select(g => g.Digest)];

    static IEnumerable<string> Digests(Assignment assignment) => assignment.Blobs.Select(b => TreeDigest.Of(b.Span));

    static Google.Protobuf.ByteString Base() => Google.Protobuf.ByteString.CopyFrom(Convert.FromHexString(TestAdapter.BaseDigest));
}
