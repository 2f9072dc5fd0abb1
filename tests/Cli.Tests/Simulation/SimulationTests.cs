using System.Text.Json.Nodes;
using Federated.Cli.Simulation;

namespace Cli.Tests.Simulation;

public sealed class SimulationTests
{
    [Fact]
    public void Run_Twice_IsTheSameByteForByte()
    {
        var script = Stormy(Scripts.Calm(clients: 40, rounds: 5));
        script["run"]!["cohort"] = new JsonObject { ["size"] = 12, ["quorum"] = 10, ["minimum"] = 4, ["deadlineSeconds"] = 60 };
        script["run"]!["evaluate"] = new JsonObject { ["everyRounds"] = 2 };
        script.Clients()["evaluationSamples"] = 20;

        var (first, second) = (Scripts.Run(script), Scripts.Run(script));

        Assert.Equal("Completed", first.Outcome);
        Assert.Equal(first.EventLog, second.EventLog);
        Assert.Equal(first.Published, second.Published);
        script["seed"] = 4;
        Assert.NotEqual(first.EventLogDigest, Scripts.Run(script).EventLogDigest);
    }

    [Fact]
    public void Run_CrashesCutsLossAndADeadServer_PublishTheBytesOfACalmOne()
    {
        var calm = Scripts.Run(Scripts.Calm());
        var script = Stormy(Scripts.Calm());
        script["server"] = new JsonObject { ["crashAtSeconds"] = new JsonArray(4, 11, 19.5), ["downSeconds"] = 3 };
        var storm = Scripts.Run(script);

        Assert.Equal(("Completed", "Completed"), (calm.Outcome, storm.Outcome));
        Assert.Equal(calm.Published, storm.Published);
        Assert.True(storm.Clients.Sum(c => c.Crashes) > 3, "The storm was none.");
        Assert.Equal(3, storm.EventLog.Split("coordinator: Killed.").Length - 1);
        Assert.All(storm.Clients, c => Assert.Equal(4, c.Accepted));
        Assert.True(storm.VirtualSeconds > calm.VirtualSeconds);
    }

    /// <summary>One way for the assignment, with the new version in it, and one for the update; whoever downloads needs two more.</summary>
    [Fact]
    public void Run_SmallVersionsOnALongLine_AreDownloadedOnceAndComeWithTheAssignmentsAfterThat()
    {
        const double OneWay = 2;
        var script = Scripts.Calm(clients: 3);
        (script.Clients()["latencyMs"], script.Clients()["jitterMs"], script.Clients()["stepsPerSecond"]) = (1000 * OneWay, 0, 1000);

        var rounds = Scripts.Run(script).Rounds;

        Assert.True(rounds[0].Seconds > 4 * OneWay, $"{rounds[0].Seconds} s");
        Assert.All(rounds.Skip(1), r => Assert.InRange(r.Seconds!.Value, 2 * OneWay, 3 * OneWay));
        Assert.All(rounds.Skip(1), r => Assert.True(r.BytesDown > 0));
    }

    /// <summary>What an encoding left out is part of the next update, so a crash that lost or doubled it would show in the published bytes.</summary>
    [Theory]
    [InlineData("nf4", 5)]
    [InlineData("top-k", 6)]
    public void Run_CoarseEncodingInAStorm_PublishesTheBytesOfACalmOneWithFewerBytesSent(string encoding, int saving)
    {
        var (plain, script) = (Scripts.Calm(), Scripts.Calm());
        plain["training"]!["width"] = 64;
        script["training"]!["width"] = 64;
        script["run"]!["encoding"] = encoding;
        var (full, calm) = (Scripts.Run(plain), Scripts.Run(script));
        script = Stormy(script);
        script["server"] = new JsonObject { ["crashAtSeconds"] = new JsonArray(4, 11), ["downSeconds"] = 3 };
        var storm = Scripts.Run(script);

        Assert.Equal(("Completed", "Completed"), (calm.Outcome, storm.Outcome));
        Assert.Equal(calm.Published, storm.Published);
        Assert.True(storm.Clients.Sum(c => c.Crashes) > 3, "The storm was none.");
        Assert.True(calm.Rounds[^1].BytesUp * saving < full.Rounds[^1].BytesUp, $"{calm.Rounds[^1].BytesUp} of {full.Rounds[^1].BytesUp} bytes");
        Assert.True(calm.Rounds[^1].TrainingLoss < calm.Rounds[0].TrainingLoss);
    }

    [Fact]
    public void Run_PowerCutsAtTheClients_AreNoticedAndSurvived()
    {
        var script = Stormy(Scripts.Calm());
        script.Clients()["silent"] = true;
        script["server"] = new JsonObject { ["heartbeatSeconds"] = 2 };

        var result = Scripts.Run(script);

        Assert.Equal("Completed", result.Outcome);
        Assert.Equal(Scripts.Run(Scripts.Calm()).Published, result.Published);
    }

    [Fact]
    public void Run_PartitionOfHalfAMinute_DelaysARoundAndCountsNothingTwice()
    {
        var script = Scripts.Calm(rounds: 3);
        script.Clients()["partitions"] = new JsonArray(new JsonArray(3, 33));

        var result = Scripts.Run(script);

        Assert.Equal("Completed", result.Outcome);
        Assert.Equal(Scripts.Run(Scripts.Calm(rounds: 3)).Published, result.Published);
        Assert.InRange(result.Rounds[0].Seconds!.Value, 30, 60);
        Assert.All(result.Rounds, r => Assert.Equal(12, r.Accepted));
    }

    [Fact]
    public void Run_Stragglers_AreLeftBehindAtTheDeadline()
    {
        var script = Scripts.Calm();
        script["clients"]!.AsArray().Add(Scripts.Group("snail", 2));
        script.Clients(1)["stepsPerSecond"] = 0.01;
        script["run"]!["cohort"] = new JsonObject { ["size"] = 14, ["quorum"] = 14, ["minimum"] = 6, ["deadlineSeconds"] = 30 };

        var result = Scripts.Run(script);

        Assert.Equal("Completed", result.Outcome);
        Assert.All(result.Rounds, r => Assert.InRange(r.Seconds!.Value, 29, 31));
        Assert.All(result.Clients.Where(c => c.Id.StartsWith("snail", StringComparison.Ordinal)), c => Assert.Equal(0, c.Accepted));
    }

    [Fact]
    public void Run_ClientsThatSendNoNumbers_AreRejectedAndTheRestGoesOn()
    {
        var script = Scripts.Calm(rounds: 2);
        script["clients"]!.AsArray().Add(Scripts.Group("liar", 3));
        script.Clients(1)["byzantine"] = "notANumber";
        script["run"]!["cohort"] = new JsonObject { ["size"] = 15, ["quorum"] = 12, ["minimum"] = 12, ["deadlineSeconds"] = 300 };

        var result = Scripts.Run(script);

        Assert.Equal("Completed", result.Outcome);
        Assert.All(result.Clients.Where(c => c.Id.StartsWith("liar", StringComparison.Ordinal)), c => Assert.Equal((0, true), (c.Accepted, c.Asked > 0)));
    }

    [Theory]
    [InlineData("flip", 3)]
    [InlineData("noise", 2)]
    public void Run_ByzantineClients_HurtTheMeanMoreThanTheMedian(string byzantine, double factor)
    {
        double Loss(string product, string affine)
        {
            var script = Scripts.Calm(clients: 10, rounds: 8);
            script["clients"]!.AsArray().Add(Scripts.Group("liar", 3));
            script.Clients(1)["byzantine"] = byzantine;
            script.Clients(1)["byzantineFactor"] = factor;
            script.Clients()["evaluationSamples"] = 50;
            script["run"]!["strategy"] = null;
            script["run"]!["weigher"] = new JsonObject { ["name"] = "uniform" };
            script["run"]!["product"] = new JsonObject { ["name"] = product };
            script["run"]!["affine"] = new JsonObject { ["name"] = affine };
            script["run"]!["cohort"] = new JsonObject { ["size"] = 13, ["quorum"] = 13, ["minimum"] = 13, ["deadlineSeconds"] = 0 };
            script["run"]!["evaluate"] = new JsonObject { ["everyRounds"] = 1 };
            return Scripts.Run(script).Rounds[^1].EvaluationLoss!.Value;
        }
        Assert.True(Loss("median", "median") < 0.7 * Loss("fedit", "mean"));
    }

    [Fact]
    public void Run_NobodyComes_EndsAtTheLimit()
    {
        var script = Scripts.Calm(clients: 2);
        script["limitSeconds"] = 500;
        script["run"]!["cohort"] = new JsonObject { ["size"] = 3, ["quorum"] = 3, ["minimum"] = 3 };
        Assert.Equal("OutOfTime", Scripts.Run(script).Outcome);
    }

    [Fact]
    public void Loop_ContinuationOnAnotherThread_EndsTheSimulationWithAnError() =>
        Assert.Throws<InvalidOperationException>(() => new EventLoop(new SimulatedClock()).Run(() =>
        {
            // Opened only when somebody waits: a task that has ended already continues where it is.
            var gate = new ManualResetEventSlim();
            var waiting = Waits(Task.Run(gate.Wait));
            gate.Set();
            return waiting;

            static async Task<int> Waits(Task elsewhere)
            {
                await elsewhere;
                return 0;
            }
        }));

    [Theory]
    [InlineData("clients[0].latencyMs", "-1", "clients[0].latencyMs is -1")]
    [InlineData("clients[0].latencyMS", "1", "'latencyMs'")]
    [InlineData("clients[0].samples", "[5, 2]", "[5, 2]")]
    [InlineData("clients[0].count", "20000", "10000")]
    [InlineData("clients[0].partitions", "[[9, 3]]", "before it begins at 9")]
    [InlineData("training.kind", "\"torsh\"", "'torch'")]
    [InlineData("server.heartbeatSeconds", "0", "heartbeatSeconds is 0")]
    public void Read_WrongValue_IsNamedWithItsLimit(string path, string value, string words)
    {
        var script = Scripts.Calm();
        script["server"] = new JsonObject();
        var owner = path.StartsWith("clients", StringComparison.Ordinal) ? script.Clients() : (JsonObject)script[path.Split('.')[0]]!;
        owner[path.Split('.')[1]] = JsonNode.Parse(value);
        Assert.Contains(words, Assert.Throws<FormatException>(() => Scripts.Read(script)).Message, StringComparison.Ordinal);
    }

    static JsonObject Stormy(JsonObject script)
    {
        var clients = script.Clients();
        (clients["loss"], clients["cutEverySeconds"], clients["crashEverySeconds"], clients["downSeconds"]) = (0.05, 10, 15, 2);
        (clients["upKiBps"], clients["downKiBps"]) = (20, 100);
        return script;
    }
}
