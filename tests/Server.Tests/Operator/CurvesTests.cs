using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Protos.V1;
using Federated.Server.Runs;
using Server.Tests.Kit;

namespace Server.Tests.Operator;

public sealed class CurvesTests : IAsyncLifetime
{
    RestKit _kit = null!;

    public async ValueTask InitializeAsync() => _kit = await RestKit.StartAsync();

    /// <summary>The oracle is the same rounds as the other route gives them, added up here.</summary>
    [Fact]
    public async Task Curves_AreColumnsOfTheRounds()
    {
        await _kit.CreateRunAsync("r", rounds: 3, cohort: 2, change: s => s["evaluate"] = new JsonObject());
        using var wire = new GrpcWire(_kit.GrpcAddress);
        var clients = new[] { ("a", 10UL), ("b", 30UL) }.Select(c => new SyntheticClient(c.Item1, wire, RestKit.Adapter) { Samples = c.Item2, EvaluationSamples = c.Item2 });
        await Task.WhenAll(clients.Select(c => c.RunAsync(CancellationToken.None))).DefaultTimeout();

        var (curves, rounds) = (await _kit.GetAsync("runs/r/curves"), (await _kit.GetAsync("runs/r/rounds")).EnumerateArray().ToList());

        Assert.Equal([0, 1, 2, 3], Column(curves, "round", v => v.GetInt32()));
        Assert.Equal(3, curves.GetProperty("settled").GetInt32());
        Assert.All(curves.EnumerateObject().Where(c => c.Name != "settled"), c => Assert.Equal(rounds.Count, c.Value.GetArrayLength()));
        Assert.Equal(rounds.Select(r => r.GetProperty("seconds").GetRawText()), Column(curves, "seconds", v => v.GetRawText()));
        Assert.Equal(rounds.Select(r => r.GetProperty("counters").GetProperty("accepted").GetInt32()), Column(curves, "accepted", v => v.GetInt32()));
        foreach (var bytes in (string[])["bytesUp", "bytesDown"])
            Assert.Equal(rounds.Select(r => r.GetProperty("participations").EnumerateArray().Sum(p => p.GetProperty(bytes).GetInt64())), Column(curves, bytes, v => v.GetInt64()));
        Assert.Equal(["null", "1.5", "1.5", "1.5"], Column(curves, "trainingLoss", v => v.GetRawText()));
        Assert.Equal([0.5, 0.5, 0.5, 0.5], Column(curves, "accuracy", v => v.GetDouble()));
        Assert.Equal([0.1, 0.1, 0.1, 0.1], Column(curves, "loss", v => Math.Round(v.GetDouble(), 12)));
    }

    /// <summary>A round whose evaluation is open may still change; whoever asks after the last settled one gets it again.</summary>
    [Fact]
    public async Task Curves_AfterTheSettledRound_AreWhatMayHaveChanged()
    {
        await _kit.CreateRunAsync("r", rounds: 3, change: s => s["evaluate"] = new JsonObject());
        using var wire = new GrpcWire(_kit.GrpcAddress);
        var client = new SyntheticClient("site", wire, RestKit.Adapter) { EvaluationSamples = 10 };
        var conversation = new Conversation(wire.Connect(client.Token, CancellationToken.None));
        await conversation.SayAsync(new ClientMessage { Hello = client.Hello() });
        var welcome = await conversation.HearAsync(ServerMessage.MessageOneofCase.Welcome);
        Assert.Equal(-1, (await _kit.GetAsync("runs/r/curves")).GetProperty("settled").GetInt32());
        await conversation.SayAsync(new ClientMessage { Join = client.Join(welcome.Welcome.Runs[0]) });
        var open = await TrainAsync(conversation, client, wire, evaluations: 4);

        Assert.Equal(-1, (await _kit.GetAsync("runs/r/curves")).GetProperty("settled").GetInt32());
        // The second is answered last: what comes after it does not count as settled before it does.
        foreach (var (version, settled) in ((int, int)[])[(0, 0), (2, 0), (1, 2), (3, 3)])
        {
            await conversation.SayAsync(new ClientMessage { Evaluation = new EvaluationResult { AssignmentId = open[version], Samples = 10, Correct = 7, LossSum = 2 } });
            await _kit.Get<RunDirectory>().Get("r").WaitAsync(s => !s.Evaluations.ContainsKey(version), CancellationToken.None).DefaultTimeout();
            Assert.Equal(settled, (await _kit.GetAsync("runs/r/curves")).GetProperty("settled").GetInt32());
        }
        var rest = await _kit.GetAsync("runs/r/curves?after=1");
        Assert.Equal([2, 3], Column(rest, "round", v => v.GetInt32()));
        Assert.Equal([0.7, 0.7], Column(rest, "accuracy", v => v.GetDouble()));
        Assert.Equal(9, (await _kit.GetAsync("runs/r/curves?after=9")).GetProperty("settled").GetInt32());
    }

    /// <summary>Trains as told, until so many evaluations were asked for; answers none of them.</summary>
    static async Task<SortedDictionary<int, string>> TrainAsync(Conversation conversation, SyntheticClient client, GrpcWire wire, int evaluations)
    {
        var open = new SortedDictionary<int, string>();
        while (open.Count < evaluations)
        {
            var assignment = (await conversation.HearAsync(ServerMessage.MessageOneofCase.Assignment)).Assignment;
            if (assignment.Kind == AssignmentKind.Evaluate)
                open[open.Count] = assignment.AssignmentId;
            else
            {
                var (head, bytes) = client.Update(assignment);
                Assert.Equal(UploadResult.Accepted, (await wire.UploadAsync(client.Token, head, bytes, CancellationToken.None).DefaultTimeout()).Result);
            }
        }
        return open;
    }

    static IEnumerable<T> Column<T>(JsonElement curves, string name, Func<JsonElement, T> read) => curves.GetProperty(name).EnumerateArray().Select(read);

    public ValueTask DisposeAsync() => _kit.DisposeAsync();
}
