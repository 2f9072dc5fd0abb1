using Federated.Protos.V1;
using Federated.Server.Fleet;
using Federated.Server.Rounds;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Server.Tests.Kit;

namespace Server.Tests.Transport;

public sealed class CoordinationTests : IAsyncLifetime
{
    static readonly TestAdapter Adapter = new();

    readonly ManualClock _clock = new();
    readonly ServerKit _server;
    readonly SyntheticClient _a;
    RoundLoop Loop => _server.Runs.All[0];

    public CoordinationTests()
    {
        _server = new ServerKit(time: _clock, fleet: new FleetOptions { MaxClients = 3 });
        _a = new SyntheticClient("a", _server.Wire, Adapter);
    }

    public async ValueTask InitializeAsync() => await _server.CreateAsync(Adapter, Adapter.Spec("talk", rounds: 2, cohort: 1, s =>
        s["clients"] = new System.Text.Json.Nodes.JsonArray("a", "b", "c", "d")));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Hello_Known_IsWelcomedWithTheRunsItMayJoin()
    {
        var welcome = (await (await Conversation.OpenAsync(_server, _a)).HearAsync())!.Welcome;

        Assert.Equal((1u, 15u), (welcome.ProtocolVersion, welcome.HeartbeatSeconds));
        Assert.Equal("talk", Assert.Single(welcome.Runs).RunId);
    }

    [Fact]
    public async Task Hello_NotInvited_IsWelcomedWithoutRuns()
    {
        var outsider = new SyntheticClient("outsider", _server.Wire, Adapter);
        Assert.Empty((await (await Conversation.OpenAsync(_server, outsider)).HearAsync())!.Welcome.Runs);
    }

    [Fact]
    public async Task Stream_BeginningWithoutHello_IsRefused()
    {
        var conversation = new Conversation(_server.Wire.Connect("t", CancellationToken.None));
        await conversation.SayAsync(new ClientMessage { Heartbeat = new Heartbeat() });
        await AssertRefusedAsync("F307", conversation);
    }

    [Fact]
    public async Task Stream_WithoutHelloInTime_IsRefused()
    {
        var conversation = new Conversation(_server.Wire.Connect("t", CancellationToken.None));
        for (var i = 0; i < 1_000 && _clock.Armed == 0; i++)
            await Task.Yield();
        _clock.Advance(TimeSpan.FromSeconds(11));
        await AssertRefusedAsync("F311", conversation);
    }

    [Theory]
    [InlineData("version", "F302")]
    [InlineData("id", "F306")]
    [InlineData("long id", "F306")]
    [InlineData("software", "F313")]
    [InlineData("pending", "F313")]
    [InlineData("runs", "F313")]
    public async Task Hello_Wrong_IsRefused(string what, string code)
    {
        var conversation = await Conversation.OpenAsync(_server, _a, hello =>
        {
            switch (what)
            {
                case "version": hello.ProtocolVersion = 2; break;
                case "id": hello.ClientId = "../a"; break;
                case "long id": hello.ClientId = new string('a', 64); break;
                case "software": hello.Software = new string('x', 129); break;
                case "pending": hello.PendingAssignments.Add(Enumerable.Range(0, 257).Select(i => $"talk:{i}")); break;
                case "runs": hello.Runs.Add(Enumerable.Range(0, 257).Select(i => $"run-{i}")); break;
            }
        });
        await AssertRefusedAsync(code, conversation);
    }

    [Fact]
    public async Task Hello_SecondTokenForAnId_IsRefusedEvenAfterARestart()
    {
        await (await Conversation.OpenAsync(_server, _a)).HearAsync();
        var impostor = new SyntheticClient("a", _server.Wire, Adapter) { Token = "other" };
        await AssertRefusedAsync("F301", await Conversation.OpenAsync(_server, impostor));

        using var tokens = new ClientTokens(_server.Store, _server.Standings, _clock, NullLogger<ClientTokens>.Instance);
        await tokens.LoadAsync(CancellationToken.None);

        Assert.NotNull(await tokens.CheckAsync("a", new ClientCredential("other"), CancellationToken.None));
        Assert.Null(await tokens.CheckAsync("a", new ClientCredential(_a.Token), CancellationToken.None));
    }

    [Fact]
    public async Task Hello_BeyondTheLimitOfClients_IsRefused()
    {
        foreach (var id in new[] { "a", "b", "c" })
            await (await Conversation.OpenAsync(_server, new SyntheticClient(id, _server.Wire, Adapter))).HearAsync();
        await AssertRefusedAsync("F308", await Conversation.OpenAsync(_server, new SyntheticClient("d", _server.Wire, Adapter)));
    }

    [Theory]
    [InlineData("base", "F304")]
    [InlineData("schema", "F305")]
    [InlineData("run", "F303")]
    public async Task Join_Mismatch_IsRefusedBeforeAnyTraining(string what, string code)
    {
        var conversation = await Conversation.OpenAsync(_server, _a);
        var join = _a.Join((await conversation.HearAsync())!.Welcome.Runs[0]);
        switch (what)
        {
            case "base": join.BaseDigest = ByteString.CopyFrom(new byte[32]); break;
            case "schema": join.SchemaDigest = ByteString.CopyFrom(new byte[32]); break;
            case "run": join.RunId = "nowhere"; break;
        }
        await conversation.SayAsync(new ClientMessage { Join = join });

        var reply = (await conversation.HearAsync())!.JoinReply;

        Assert.Equal((false, code), (reply.Joined, reply.Code));
        Assert.Empty(Loop.Current.State.Fleet);
    }

    [Fact]
    public async Task Join_ReplyComesBeforeTheAssignment()
    {
        var conversation = await Conversation.OpenAsync(_server, _a);
        await conversation.SayAsync(new ClientMessage { Join = _a.Join((await conversation.HearAsync())!.Welcome.Runs[0]) });

        Assert.True((await conversation.HearAsync())!.JoinReply.Joined);
        Assert.Equal("talk:1:1:t:a", (await conversation.HearAsync())!.Assignment.AssignmentId);
    }

    [Fact]
    public async Task Reconnect_SupersedesTheOlderStreamAndGetsItsAssignmentAgain()
    {
        var first = await Conversation.OpenAsync(_server, _a);
        var assignment = await first.JoinAsync(_a);

        var second = await Conversation.OpenAsync(_server, _a);

        Assert.Equal("superseded", (await first.HearAsync(ServerMessage.MessageOneofCase.Goodbye)).Goodbye.Reason);
        Assert.Null(await first.HearAsync());
        Assert.Equal(assignment.AssignmentId, (await second.JoinAsync(_a)).AssignmentId);
        Assert.Equal(1, _server.Clients.Count);
    }

    [Fact]
    public async Task Reconnect_WithWorkOfAnUnknownRun_IsToldToDropIt()
    {
        var conversation = await Conversation.OpenAsync(_server, _a, h => h.PendingAssignments.Add("gone:1:1:t:a"));
        Assert.Equal("gone:1:1:t:a", (await conversation.HearAsync(ServerMessage.MessageOneofCase.Cancel)).Cancel.AssignmentId);
    }

    [Fact]
    public async Task Reconnect_AfterTheRunEnded_IsToldSo()
    {
        await Loop.SendAsync(new RoundCommand.Stop(), CancellationToken.None).DefaultTimeout();
        var conversation = await Conversation.OpenAsync(_server, _a, h => h.Runs.Add(["talk", "never-was"]));
        var ended = (await conversation.HearAsync(ServerMessage.MessageOneofCase.RunEnded)).RunEnded;
        Assert.Equal(("talk", "stopped"), (ended.RunId, ended.Outcome));
    }

    [Fact]
    public async Task Join_RunThatEndedMeanwhile_HearsTheEndBeforeTheRefusal()
    {
        var conversation = await Conversation.OpenAsync(_server, _a);
        var offer = (await conversation.HearAsync(ServerMessage.MessageOneofCase.Welcome)).Welcome.Runs[0];
        await Loop.SendAsync(new RoundCommand.Stop(), CancellationToken.None).DefaultTimeout();

        await conversation.SayAsync(new ClientMessage { Join = _a.Join(offer) });

        Assert.Equal("stopped", (await conversation.HearAsync())!.RunEnded.Outcome);
        Assert.Equal("F104", (await conversation.HearAsync())!.JoinReply.Code);
    }

    [Fact]
    public async Task Reconnect_NamingARunOfOthers_HearsNothingOfIt()
    {
        await Loop.SendAsync(new RoundCommand.Stop(), CancellationToken.None).DefaultTimeout();
        var outsider = new SyntheticClient("outsider", _server.Wire, Adapter);
        var conversation = await Conversation.OpenAsync(_server, outsider, h => { h.Runs.Add("talk"); h.PendingAssignments.Add("gone:1:1:t:outsider"); });
        Assert.NotNull((await conversation.HearAsync())!.Welcome);
        Assert.NotNull((await conversation.HearAsync())!.Cancel);
        await conversation.SayAsync(new ClientMessage { Join = new JoinRun { RunId = "talk", BaseDigest = ByteString.CopyFrom(new byte[32]), SchemaDigest = ByteString.CopyFrom(new byte[32]) } });
        Assert.NotNull((await conversation.HearAsync())!.JoinReply);
    }

    [Fact]
    public async Task Silence_OfThreeHeartbeats_EndsTheStream()
    {
        var conversation = await Conversation.OpenAsync(_server, _a);
        await conversation.HearAsync();
        var monitor = new HeartbeatMonitor(_server.Clients, _server.Fleet, _clock, NullLogger<HeartbeatMonitor>.Instance);
        _clock.Advance(TimeSpan.FromSeconds(15));
        monitor.Check();
        Assert.NotNull((await conversation.HearAsync())!.Heartbeat);

        _clock.Advance(TimeSpan.FromSeconds(30));
        monitor.Check();

        await AssertRefusedAsync("F311", conversation);
    }

    [Fact]
    public async Task UnreadableMessages_AreRefusedAndTheStreamGoesOn()
    {
        var conversation = await Conversation.OpenAsync(_server, _a);
        await conversation.HearAsync();
        await conversation.SayAsync(new ClientMessage());
        Assert.Equal("F307", (await conversation.HearAsync())!.Refusal.Code);
        await conversation.SayAsync(new ClientMessage { Evaluation = new EvaluationResult { AssignmentId = "talk:0:1:e:a", Samples = 1, Correct = 2 } });
        Assert.Equal("F502", (await conversation.HearAsync())!.Refusal.Code);
        await conversation.SayAsync(new ClientMessage { Failure = new AssignmentFailure { AssignmentId = "talk:1:1:t:a" } });
        Assert.Equal("F309", (await conversation.HearAsync())!.Refusal.Code);

        await conversation.SayAsync(new ClientMessage { Hello = _a.Hello() });
        Assert.Equal("F307", (await conversation.HearAsync())!.Refusal.Code);
    }

    [Fact]
    public async Task Run_CreatedLater_IsOfferedToThoseWhoAreConnected()
    {
        var conversation = await Conversation.OpenAsync(_server, _a);
        await conversation.HearAsync();

        await _server.CreateAsync(Adapter, Adapter.Spec("second", rounds: 1, cohort: 1));

        Assert.Equal("second", (await conversation.HearAsync())!.Offer.RunId);
    }

    [Fact]
    public async Task Stop_CancelsTheWorkAndTellsTheEnd()
    {
        var conversation = await Conversation.OpenAsync(_server, _a);
        await conversation.JoinAsync(_a);

        await Loop.SendAsync(new RoundCommand.Stop(), CancellationToken.None).DefaultTimeout();

        Assert.Equal("talk:1:1:t:a", (await conversation.HearAsync())!.Cancel.AssignmentId);
        Assert.Equal("stopped", (await conversation.HearAsync())!.RunEnded.Outcome);
    }

    [Fact]
    public async Task Deadline_Passed_FailsTheAttemptAndPushesTheNext()
    {
        var conversation = await Conversation.OpenAsync(_server, _a);
        await conversation.JoinAsync(_a);

        _clock.Advance(TimeSpan.FromSeconds(301));
        Assert.Equal("superseded", (await conversation.HearAsync())!.Cancel.Reason);
        await Loop.WaitAsync(s => s.Phase == RoundPhase.Failed, CancellationToken.None).DefaultTimeout();
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("talk:1:2:t:a", (await conversation.HearAsync())!.Assignment.AssignmentId);
    }

    static async Task AssertRefusedAsync(string code, Conversation conversation)
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await conversation.HearAsync() is not null)
            {
            }
        });
        Assert.StartsWith($"{code}: ", error.Status.Detail, StringComparison.Ordinal);
    }
}
