using System.Text.Json.Nodes;
using Federated.Protos.V1;
using Federated.Server.Faults;
using Federated.Server.Privacy;
using Federated.Server.Runs;
using Server.Tests.Kit;

namespace Server.Tests.Privacy;

/// <summary>What a run may not ask for, and what a client may not say.</summary>
public sealed class PrivacyAdmissionTests : IAsyncDisposable
{
    static readonly TestAdapter Adapter = new();

    readonly ServerKit _server = new();

    [Theory]
    [InlineData("a rule that gathers", "F503")]
    [InlineData("a robust weigher", "F503")]
    [InlineData("weights by samples", "F544")]
    [InlineData("trust none without noise", "F544")]
    [InlineData("trust none with the server's noise", "F544")]
    [InlineData("trust none with evaluation", "F544")]
    [InlineData("trust none with weights by samples", "F544")]
    [InlineData("records at the server", "F544")]
    [InlineData("adaptive at the site", "F544")]
    [InlineData("a count with too little noise", "F544")]
    [InlineData("a budget below the first round", "F544")]
    [InlineData("an encoding with feedback under noise", "F544")]
    [InlineData("an encoding with feedback in trust none", "F544")]
    public async Task Create_Contradiction_IsRefusedAndLeavesNothing(string what, string code)
    {
        var spec = Adapter.Spec("bad", 1, 3, s =>
        {
            s["weigher"] = "uniform";
            var privacy = new JsonObject { ["clip"] = 1, ["noise"] = 1, ["epsilon"] = 50, ["delta"] = 1e-5 };
            s["privacy"] = privacy;
            switch (what)
            {
                case "a rule that gathers": s["strategy"] = "fedit"; s["product"] = "median"; break;
                case "a robust weigher": s["weigher"] = "krum"; break;
                case "weights by samples": s["weigher"] = "samples"; break;
                case "trust none without noise": s["trust"] = "none"; s.Remove("privacy"); break;
                case "trust none with the server's noise": s["trust"] = "none"; break;
                case "trust none with evaluation": s["trust"] = "none"; privacy["at"] = "site"; s["evaluate"] = new JsonObject(); break;
                case "trust none with weights by samples": s["trust"] = "none"; privacy["at"] = "site"; s["weigher"] = "samples"; break;
                case "records at the server": privacy["unit"] = "record"; break;
                case "adaptive at the site": privacy["at"] = "site"; privacy["adaptive"] = new JsonObject { ["countNoise"] = 3 }; break;
                case "a count with too little noise": privacy["adaptive"] = new JsonObject(); break;
                case "an encoding with feedback under noise": s["encoding"] = "nf4"; break;
                case "an encoding with feedback in trust none": (s["trust"], s["encoding"], privacy["at"]) = ("none", "top-k", "site"); break;
                case "a budget below the first round": privacy["epsilon"] = 0.1; break;
            }
        });

        var refusal = await Assert.ThrowsAsync<FaultException>(() => _server.CreateAsync(Adapter, spec));

        Assert.Equal(code, refusal.Refusal.Code);
        Assert.Empty(_server.Runs.All);
    }

    [Theory]
    [InlineData("clip", 0)]
    [InlineData("noise", 0)]
    [InlineData("delta", 0)]
    [InlineData("epsilon", -1)]
    public void Read_ValueOutOfRange_IsRefused(string field, double value) => Assert.Throws<FormatException>(() => RunSpecJson.Read(Adapter.Spec("bad", 1, 3, s =>
    {
        s["privacy"] = new JsonObject { ["clip"] = 1, ["noise"] = 1, ["epsilon"] = 50, ["delta"] = 1e-5 };
        s["privacy"]![field] = value;
    })));

    [Fact]
    public void Write_Section_IsReadBackAsItWas()
    {
        var spec = RunSpecJson.Read(Adapter.Spec("p", 1, 40, s => s["privacy"] = new JsonObject
        {
            ["clip"] = 1.5, ["noise"] = 1, ["termNoise"] = 2, ["epsilon"] = 50, ["delta"] = 1e-5, ["accountant"] = "pld", ["adaptive"] = new JsonObject { ["quantile"] = 0.7 },
        }));
        var again = RunSpecJson.Read(RunSpecJson.Write(spec));
        Assert.Equal(spec.Privacy, again.Privacy);
        Assert.Equal(2, again.Privacy!.Noise.Adaptive!.CountNoise);
    }

    [Fact]
    public async Task Join_TrustNoneWithCounts_IsRefused()
    {
        await CreateNoneAsync();
        var client = new SyntheticClient("a", _server.Wire, Adapter);
        var conversation = await Conversation.OpenAsync(_server, client);
        var welcome = await conversation.HearAsync(ServerMessage.MessageOneofCase.Welcome);
        await conversation.SayAsync(new ClientMessage { Join = client.Join(welcome.Welcome.Runs[0]) });
        Assert.Equal("F240", (await conversation.HearAsync(ServerMessage.MessageOneofCase.JoinReply)).JoinReply.Code);
    }

    [Theory]
    [InlineData(0, 1.5, false)]
    [InlineData(7, double.NaN, false)]
    [InlineData(0, double.NaN, true)]
    public async Task Upload_TrustNone_WithCountOrLossIsRefused(int samples, double loss, bool accepted)
    {
        await CreateNoneAsync();
        var client = new SyntheticClient("a", _server.Wire, Adapter) { Samples = 0 };
        var assignment = await (await Conversation.OpenAsync(_server, client)).JoinAsync(client);
        var (open, bytes) = client.Update(assignment);
        var header = UpdateHeader.Parser.ParseFrom(open.Header);
        (header.Samples, header.TrainingLoss) = ((ulong)samples, loss);
        var (sealedOpen, all) = SyntheticClient.Seal(header, bytes[open.Header.Length..]);
        var outcome = await _server.Wire.UploadAsync(client.Token, sealedOpen, all, CancellationToken.None);
        Assert.Equal((accepted ? UploadResult.Accepted : UploadResult.Rejected, accepted ? "" : "F240"), (outcome.Result, outcome.Code));
    }

    [Fact]
    public async Task Progress_TrustNoneWithLoss_IsRefusedAndNotKept()
    {
        await CreateNoneAsync();
        var client = new SyntheticClient("a", _server.Wire, Adapter) { Samples = 0 };
        var conversation = await Conversation.OpenAsync(_server, client);
        var assignment = await conversation.JoinAsync(client);
        await conversation.SayAsync(new ClientMessage { Progress = new Progress { AssignmentId = assignment.AssignmentId, Phase = "train", Step = 1, Steps = 2, Loss = 0.7 } });
        Assert.Equal("F240", (await conversation.HearAsync(ServerMessage.MessageOneofCase.Refusal)).Refusal.Code);
        Assert.Null(_server.Clients.Connected.Single().Progress);
    }

    [Fact]
    public void Secrets_AreFilesOfTheOwnerAloneAndStay()
    {
        using var folder = new TemporaryFolder();
        var secrets = new RunSecrets(Path.Combine(folder.Path, "secrets"));
        secrets.Create("one");
        var first = secrets.Read("one");
        secrets.Create("one");
        secrets.Create("two");
        Assert.Equal(first, secrets.Read("one"));
        Assert.NotEqual(first, secrets.Read("two"));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(folder.Path, "secrets", "one.key")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal("F488", Assert.Throws<FaultException>(() => secrets.Read("three")).Refusal.Code);
        File.WriteAllBytes(Path.Combine(folder.Path, "secrets", "two.key"), new byte[5]);
        Assert.Equal("F488", Assert.Throws<FaultException>(() => secrets.Read("two")).Refusal.Code);
    }

    Task CreateNoneAsync() => _server.CreateAsync(Adapter, Adapter.Spec("quiet", 1, 1, s =>
    {
        s["trust"] = "none";
        s["weigher"] = "uniform";
        s["privacy"] = new JsonObject { ["at"] = "site", ["clip"] = 1, ["noise"] = 1, ["epsilon"] = 50, ["delta"] = 1e-5 };
    }));

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
