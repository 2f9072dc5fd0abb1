using Federated.Protos.V1;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Server.Tests.Kit;

namespace Server.Tests.Operator;

/// <summary>What operators decide about clients, and what becomes of it on streams that are open.</summary>
public sealed class FleetControlTests : IAsyncLifetime
{
    RestKit _kit = null!;

    public async ValueTask InitializeAsync() => _kit = await RestKit.StartAsync();

    [Fact]
    public async Task Drain_LetsTheClientFinish_AndGivesItNothingNew_UntilItIsUndrained()
    {
        await _kit.CreateRunAsync("warm-up");
        using var wire = new GrpcWire(_kit.GrpcAddress);
        var client = new SyntheticClient("site", wire, RestKit.Adapter);
        var conversation = new Conversation(wire.Connect(client.Token, CancellationToken.None));
        await conversation.SayAsync(new ClientMessage { Hello = client.Hello() });
        var (open, bytes) = client.Update(await conversation.JoinAsync(client));

        (await _kit.Http.PostAsync("api/v1/fleet/site/drain", null)).EnsureSuccessStatusCode();

        Assert.Equal(UploadResult.Accepted, (await wire.UploadAsync(client.Token, open, bytes, CancellationToken.None).DefaultTimeout()).Result);
        await _kit.CreateRunAsync("later");
        var offer = (await conversation.HearAsync(ServerMessage.MessageOneofCase.Offer)).Offer;
        await conversation.SayAsync(new ClientMessage { Join = client.Join(offer) });
        Assert.True((await conversation.HearAsync(ServerMessage.MessageOneofCase.JoinReply)).JoinReply.Joined);
        Assert.Empty(_kit.Get<RunDirectory>().Get("later").Current.State.Fleet);

        (await _kit.Http.PostAsync("api/v1/fleet/site/undrain", null)).EnsureSuccessStatusCode();

        await conversation.HearAsync(ServerMessage.MessageOneofCase.Goodbye);
        await new SyntheticClient("site", wire, RestKit.Adapter).RunAsync(CancellationToken.None).DefaultTimeout();
        await _kit.Get<RunDirectory>().Get("later").WaitAsync(s => s.Phase == RoundPhase.Completed, CancellationToken.None).DefaultTimeout();
    }

    /// <summary>What a client said of work that is over is not what it does now.</summary>
    [Fact]
    public async Task Progress_IsShownWhileTheAssignmentIsOpen_AndNoLonger()
    {
        await _kit.CreateRunAsync("r");
        using var wire = new GrpcWire(_kit.GrpcAddress);
        var client = new SyntheticClient("site", wire, RestKit.Adapter);
        var conversation = new Conversation(wire.Connect(client.Token, CancellationToken.None));
        await conversation.SayAsync(new ClientMessage { Hello = client.Hello() });
        var assignment = await conversation.JoinAsync(client);
        await conversation.SayAsync(new ClientMessage { Progress = new Progress { AssignmentId = assignment.AssignmentId, Phase = "train", Step = 3, Steps = 9 } });
        // Messages of a stream are taken in turn: an answer to the second shows that the first was.
        await conversation.SayAsync(new ClientMessage { Leave = new LeaveRun { RunId = "nobody" } });
        await conversation.HearAsync(ServerMessage.MessageOneofCase.Refusal);
        var progress = (await _kit.GetAsync("fleet/site")).GetProperty("progress");
        Assert.Equal(("train", 3), (progress.GetProperty("phase").GetString(), progress.GetProperty("step").GetInt32()));
        var phases = (await _kit.GetAsync("runs/r/rounds/1")).GetProperty("participations")[0].GetProperty("phases");
        Assert.Equal("train", Assert.Single(phases.EnumerateArray()).GetProperty("phase").GetString());

        var (open, bytes) = client.Update(assignment);
        Assert.Equal(UploadResult.Accepted, (await wire.UploadAsync(client.Token, open, bytes, CancellationToken.None).DefaultTimeout()).Result);

        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await _kit.GetAsync("fleet/site")).GetProperty("progress").ValueKind);
    }

    [Fact]
    public async Task Decisions_OutliveARestart()
    {
        (await _kit.Http.PutAsync("api/v1/fleet/site/labels", RestKit.Json(new { zone = "north", rack = "7" }))).EnsureSuccessStatusCode();
        (await _kit.Http.PostAsync("api/v1/fleet/site/drain", null)).EnsureSuccessStatusCode();
        (await _kit.Http.PostAsync("api/v1/fleet/site/revoke", null)).EnsureSuccessStatusCode();
        _kit = await RestKit.StartAsync(data: await _kit.CloseAsync());
        var site = await _kit.GetAsync("fleet/site");
        Assert.Equal((true, true, "north"), (site.GetProperty("draining").GetBoolean(), site.GetProperty("revoked").GetBoolean(), site.GetProperty("labels").GetProperty("zone").GetString()));
        await RestKit.RefusedAsync("F369", await _kit.Http.PostAsync("api/v1/fleet/nobody/drain", null));
    }

    [Fact]
    public async Task Clone_ChangesWhatItIsTold_AndNothingElse()
    {
        await _kit.CreateRunAsync("r");
        var clone = await RestKit.ReadAsync(await _kit.Http.PostAsync("api/v1/runs/r/clone", RestKit.Json(new { name = "r-2", changes = new { rounds = 7, seed = 5 } })));
        var (was, now) = (await _kit.GetAsync("runs/r"), clone.GetProperty("spec"));
        foreach (var field in was.GetProperty("spec").EnumerateObject())
        {
            var expected = field.Name switch { "name" => "\"r-2\"", "rounds" => "7", "seed" => "5", _ => field.Value.GetRawText() };
            Assert.Equal(expected, now.GetProperty(field.Name).GetRawText());
        }
    }

    public ValueTask DisposeAsync() => _kit.DisposeAsync();
}
