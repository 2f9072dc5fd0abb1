using System.Text.Json.Nodes;
using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Rounds;

namespace Server.Tests.Rounds;

public sealed class SchedulingTests
{
    static Machine With(string key, JsonObject section, bool evaluate = false, int rounds = 9, int quorum = 2) =>
        new(cohort: 2, quorum: quorum, minimum: 1, rounds: rounds, evaluate: evaluate, change: s => s[key] = section);

    [Fact]
    public void OverSelect_AsksMoreThanItNeeds_AndTheRestIsSurplus()
    {
        var machine = With("selection", new JsonObject { ["overSelect"] = 1.5 });
        machine.Do(new RoundCommand.Pause());
        machine.Join("a", "b", "c", "d");
        machine.Do(new RoundCommand.Resume());

        Assert.Equal(3, machine.Effects.OfType<RoundEffect.PushTrain>().Count());
        var asked = machine.State.Participations.Keys.ToList();
        machine.Upload(asked[0]);
        machine.Upload(asked[2]);

        Assert.Equal(asked[1], Assert.Single(machine.Effects.OfType<RoundEffect.CancelAssignment>()).Client);
        Assert.Equal(2, machine.State.Accepted!.Updates.Length);
    }

    [Fact]
    public void OwnDeadline_OfAClientWithAHistory_GivesItUpAndAsksAnother()
    {
        var machine = With("selection", new JsonObject { ["deadlineFactor"] = 3 });
        machine.NowMs += 40_000;
        machine.Join("a", "b");
        machine.NowMs += 2_000;
        machine.Upload("a");
        machine.Upload("b");
        machine.Publish();
        machine.Join("z");
        machine.NowMs += 1_000;
        machine.Upload("a");
        Assert.Equal(machine.State.Participations["b"].AssignedMs + 6_000, machine.State.NextWakeMs);

        machine.NowMs = machine.State.NextWakeMs!.Value;
        var late = machine.Assignment("b");
        machine.Do(new RoundCommand.Tick());

        Assert.Equal(ParticipationState.Missed, machine.State.Participations.GetValueOrDefault("b")?.State ?? ParticipationState.Missed);
        Assert.Contains(machine.Effects.OfType<RoundEffect.CancelAssignment>(), c => c.AssignmentId == late);
        Assert.Equal(Fault.UpdateLate, machine.Upload("b", assignment: late).Refusal!.Fault);
    }

    [Fact]
    public void OwnDeadline_AfterARestart_LeavesTheGrace()
    {
        var machine = With("selection", new JsonObject { ["deadlineFactor"] = 3 });
        machine.Join("a", "b");
        machine.NowMs += 2_000;
        machine.Upload("a");
        machine.Upload("b");
        machine.Publish();
        machine.NowMs += 50_000;
        machine.Do(new RoundCommand.Start());

        Assert.Equal(machine.NowMs + 30_000, machine.State.NextWakeMs);
        Assert.All(machine.State.Participations.Values, p => Assert.Equal(ParticipationState.Assigned, p.State));
    }

    [Fact]
    public void History_CountsWhatBecameOfEachAssignment()
    {
        var machine = With("selection", new JsonObject(), quorum: 1);
        machine.Do(new RoundCommand.Pause());
        machine.Join("a", "b");
        machine.Do(new RoundCommand.Resume());
        for (var round = 1; round <= 3; round++)
        {
            machine.NowMs += 1_000;
            foreach (var client in machine.State.Participations.Keys.Order())
            {
                if (machine.State.Phase == RoundPhase.Collecting && client == "b")
                    machine.Do(new RoundCommand.AssignmentRefused("b", machine.Assignment("b"), Declined: true));
            }
            machine.Upload("a");
            machine.Publish();
        }

        var (a, b) = (machine.State.History["a"], machine.State.History["b"]);
        Assert.Equal((3, 3, 0, 1_000.0), (a.Asked, a.Accepted, a.DroppedOut, a.Milliseconds));
        Assert.Equal((0, 3), (b.Accepted, b.DroppedOut));
    }

    [Fact]
    public void History_UtilityThatAClientReports_AtMostDoubles()
    {
        Participation Report(double loss) => new("a", "x", 1, ParticipationState.Accepted, "m") { StartRound = 1, StartVersion = 0, AssignedMs = 0, AcceptedMs = 10, Samples = 10, TrainingLoss = loss };
        var history = ClientHistory.After(new Machine().State.History, 1, [Report(1)]);
        Assert.Equal(10, history["a"].Utility);

        Assert.Equal(20, ClientHistory.After(history, 2, [Report(1e9)])["a"].Utility);
        Assert.Equal(1, ClientHistory.After(history, 2, [Report(0.1)])["a"].Utility);
    }

    [Theory]
    [InlineData("accuracy", 0.6, 0, 4, "target")]
    [InlineData("accuracy", null, 2, 4, "patience")]
    [InlineData("loss", 0.45, 0, 2, "target")]
    public void StopRule_OnceMet_CompletesTheRunBeforeItsLastRound(string metric, double? target, int patience, int expected, string reason)
    {
        // By version: correct of 10, loss sum of 10 samples.
        (long Correct, double Loss)[] measured = [(1, 9), (3, 5), (5, 4.4), (5, 4.4), (6, 4.4), (5, 4), (5, 4), (5, 4), (5, 4), (5, 4)];
        if (patience > 0)
            measured[4] = (5, 4.4);
        var stop = new JsonObject { ["metric"] = metric, ["patience"] = patience };
        if (target is { } t)
            stop["target"] = t;
        var machine = With("stop", stop, evaluate: true, quorum: 2);
        machine.Join("a", "b");
        for (var version = 0; !machine.State.IsTerminal; version++)
        {
            machine.Do(new RoundCommand.EvaluationArrived("a", $"run:{version}:1:e:a", 10, measured[version].Correct, measured[version].Loss));
            machine.Do(new RoundCommand.EvaluationArrived("b", $"run:{version}:1:e:b", 0, 0, 0));
            if (machine.State.Stop?.Reason is not null)
                Assert.Equal((expected, reason), (version, machine.State.Stop.Reason));
            machine.Upload("a");
            machine.Upload("b");
            machine.Publish();
            foreach (var evaluation in machine.State.Stop?.Reason is null ? [] : machine.State.Evaluations.Values)
            {
                machine.Do(new RoundCommand.EvaluationArrived("a", $"run:{evaluation.Version}:1:e:a", 10, 0, 9));
                machine.Do(new RoundCommand.EvaluationArrived("b", $"run:{evaluation.Version}:1:e:b", 10, 0, 9));
            }
        }

        Assert.Equal((RoundPhase.Completed, expected + 1), (machine.State.Phase, machine.State.Version.Version));
    }
}
