using Federated.Server.Faults;
using Federated.Server.Rounds;

namespace Server.Tests.Rounds;

public sealed class RoundMachineTests
{
    [Fact]
    public void Selecting_QuorumConnected_SavesThePlanBeforeThePush()
    {
        var machine = new Machine();
        machine.Join("b", "c");
        Assert.Equal(RoundPhase.Selecting, machine.State.Phase);

        var step = RoundMachine.Step(machine.State, Machine.Joined("a"), machine.NowMs);

        Assert.Equal(RoundPhase.Collecting, step.State.Phase);
        Assert.Contains(step.Rows, r => r.Row is Federated.Server.Storage.Rows.PlanRow && r.IsNew);
        Assert.Equal(["a", "b", "c"], step.Effects.OfType<RoundEffect.PushTrain>().Select(p => p.Client));
        Assert.Equal(["run:1:1:t:a", "run:1:1:t:b", "run:1:1:t:c"], step.State.Plan!.Cohort.Select(c => c.AssignmentId));
    }

    [Fact]
    public void Collecting_UpdatesInAnyOrder_AcceptedSetIsInClientOrder()
    {
        var (forward, backward) = (Machine.In(RoundPhase.Collecting), Machine.In(RoundPhase.Collecting));
        foreach (var client in new[] { "a", "b", "c" })
            forward.Upload(client);
        foreach (var client in new[] { "c", "b", "a" })
            backward.Upload(client);

        Assert.Equal(["a", "b", "c"], backward.State.Accepted!.Updates.Select(u => u.Client));
        Assert.Equal(forward.State.Accepted!.Digest, backward.State.Accepted.Digest);
        Assert.Single(backward.Effects.OfType<RoundEffect.StartFold>());
    }

    [Fact]
    public void Accept_SameDigestTwice_IsKnownAndWritesNothing()
    {
        var machine = Machine.In(RoundPhase.Collecting);
        machine.Upload("a");
        var rows = machine.Stored.Count;

        Assert.Equal(OutcomeKind.Known, machine.Upload("a").Kind);
        Assert.Equal(rows, machine.Stored.Count);
    }

    [Fact]
    public void Accept_AnotherDigest_IsRejectedAndTheFirstStays()
    {
        var machine = Machine.In(RoundPhase.Collecting);
        machine.Upload("a", Machine.Digest("one"));

        var outcome = machine.Upload("a", Machine.Digest("two"));

        Assert.Equal((OutcomeKind.Rejected, Fault.AnotherDigest), (outcome.Kind, outcome.Refusal!.Fault));
        Assert.Equal(Machine.Digest("one"), machine.State.Participations["a"].Digest);
    }

    [Fact]
    public void Collecting_QuorumBelowCohort_CancelsTheRestAndCallsItsUpdateSurplus()
    {
        var machine = new Machine(cohort: 3, quorum: 2);
        machine.Join("a", "b");
        Assert.Equal(RoundPhase.Collecting, machine.State.Phase);
        machine = new Machine(cohort: 3, quorum: 3);
        machine.Join("a", "b", "c");
        machine.Upload("a");
        machine.NowMs += 100_000;
        machine.Upload("b");

        Assert.Equal(RoundPhase.Aggregating, machine.State.Phase);
        Assert.Equal("c", Assert.Single(machine.Effects.OfType<RoundEffect.CancelAssignment>()).Client);
        Assert.Equal(Fault.UpdateSurplus, machine.Upload("c").Refusal!.Fault);
        Assert.Equal(1, machine.State.Record!.Discarded);
    }

    [Fact]
    public void Collecting_DeadlineWithTooFew_FailsAndCarriesTheAcceptedOver()
    {
        var machine = Machine.In(RoundPhase.Collecting);
        machine.Upload("a");
        machine.NowMs += 100_000;
        machine.Do(new RoundCommand.Tick());
        Assert.Equal(RoundPhase.Failed, machine.State.Phase);
        Assert.Equal(Fault.TooFewUpdates, machine.State.LastError!.Fault);

        machine.NowMs = machine.State.RetryAtMs!.Value;
        machine.Do(new RoundCommand.Tick());

        Assert.Equal((RoundPhase.Collecting, 2), (machine.State.Phase, machine.State.Attempt));
        Assert.Equal(["b", "c"], machine.Effects.OfType<RoundEffect.PushTrain>().Select(p => p.Client));
        Assert.Equal(["run:1:1:t:a", "run:1:2:t:b", "run:1:2:t:c"], machine.State.Plan!.Cohort.Select(c => c.AssignmentId));
        Assert.Equal([true, false, false], machine.State.Plan.Cohort.Select(c => c.Carried));
    }

    [Fact]
    public void Failed_SameRoundAgain_HasTheSameSeeds()
    {
        var machine = Machine.In(RoundPhase.Collecting);
        var seeds = machine.State.Plan!.Cohort.Select(c => c.Seed).ToList();
        machine.NowMs += 100_000;
        machine.Do(new RoundCommand.Tick());
        machine.NowMs += 1_000;
        machine.Do(new RoundCommand.Tick());

        Assert.Equal(seeds, machine.State.Plan!.Cohort.Select(c => c.Seed));
        Assert.Equal(3, seeds.Distinct().Count());
    }

    [Fact]
    public void Failed_LateUpdateOfAnEarlierAttempt_IsSuperseded()
    {
        var machine = Machine.In(RoundPhase.Collecting);
        var first = machine.Assignment("b");
        machine.NowMs += 100_000;
        machine.Do(new RoundCommand.Tick());

        Assert.Equal(Fault.UpdateSuperseded, machine.Upload("b", assignment: first).Refusal!.Fault);
    }

    [Fact]
    public void Failed_AttemptsExhausted_StopsWithTheReason()
    {
        var machine = new Machine(maxAttempts: 2);
        machine.Join("a", "b", "c");
        for (var i = 0; i < 2; i++)
        {
            machine.NowMs += 200_000;
            machine.Do(new RoundCommand.Tick());
            machine.NowMs += 60_000;
            machine.Do(new RoundCommand.Tick());
        }

        Assert.Equal(RoundPhase.Stopped, machine.State.Phase);
        Assert.Equal(Fault.AttemptsExhausted, machine.State.LastError!.Fault);
    }

    [Fact]
    public void Collecting_MinimumOutOfReach_TakesReplacementsIntoThePlan()
    {
        var machine = Machine.In(RoundPhase.Collecting);
        machine.Join("d");
        machine.Do(new RoundCommand.AssignmentRefused("a", machine.Assignment("a"), Declined: true));
        Assert.Empty(machine.Effects.OfType<RoundEffect.PushTrain>());

        machine.Do(new RoundCommand.AssignmentRefused("b", machine.Assignment("b"), Declined: false));

        Assert.Equal("d", Assert.Single(machine.Effects.OfType<RoundEffect.PushTrain>()).Client);
        Assert.Contains(machine.State.Plan!.Cohort, c => c.Client == "d");
        Assert.Equal(RoundPhase.Collecting, machine.State.Phase);
    }

    [Fact]
    public void Collecting_EverybodyAnsweredAndMinimumThere_ClosesBeforeTheDeadline()
    {
        var machine = Machine.In(RoundPhase.Collecting);
        machine.Upload("a");
        machine.Upload("b");
        machine.Do(new RoundCommand.UpdateRefused("c", machine.Assignment("c"), Fault.UpdateNotFinite));

        Assert.Equal(RoundPhase.Aggregating, machine.State.Phase);
        Assert.Equal(1, machine.State.Record!.Rejected);
    }

    [Fact]
    public void FoldRefused_QuarantinesTheSet_AndTheNextAttemptAsksEverybodyAgain()
    {
        var machine = Machine.In(RoundPhase.Aggregating);
        machine.Do(new RoundCommand.FoldRefused(new Refusal(Fault.FoldFailed, "not finite")));
        Assert.All(machine.State.Participations.Values, p => Assert.Equal((ParticipationState.Rejected, Fault.FoldFailed), (p.State, p.Fault)));

        machine.NowMs += 1_000;
        machine.Do(new RoundCommand.Tick());

        Assert.Equal(3, machine.Effects.OfType<RoundEffect.PushTrain>().Count());
    }

    [Fact]
    public void UpdatesLost_OnlyTheirClientsAreAskedAgain()
    {
        var machine = Machine.In(RoundPhase.Aggregating);
        machine.Do(new RoundCommand.UpdatesLost(["b"], new Refusal(Fault.SpoolCorrupt, "changed")));
        Assert.Equal((ParticipationState.Rejected, Fault.SpoolCorrupt), (machine.State.Participations["b"].State, machine.State.Participations["b"].Fault));

        machine.NowMs += 1_000;
        machine.Do(new RoundCommand.Tick());

        Assert.Equal(["b"], machine.Effects.OfType<RoundEffect.PushTrain>().Select(p => p.Client));
        Assert.Equal(2, machine.State.AcceptedCount);
    }

    [Fact]
    public void WorkInterrupted_KeepsTheSetAndFoldsItAgainLater()
    {
        var machine = Machine.In(RoundPhase.Publishing);
        var set = machine.State.Accepted!.Digest;
        machine.Do(new RoundCommand.WorkInterrupted(new Refusal(Fault.DiskFull, "full")));
        Assert.Empty(machine.Effects);

        machine.NowMs = machine.State.NextWakeMs!.Value;
        machine.Do(new RoundCommand.Tick());

        Assert.Equal(set, Assert.Single(machine.Effects.OfType<RoundEffect.StartFold>()).Order.Accepted.Digest);
    }

    [Fact]
    public void VersionWritten_OneStep_PublishesAndBeginsTheNextRound()
    {
        var machine = Machine.In(RoundPhase.Publishing);
        machine.Do(new RoundCommand.VersionWritten(Machine.Version(1)));

        Assert.Equal((RoundPhase.Collecting, 2, 1), (machine.State.Phase, machine.State.Round, machine.State.Version.Version));
        Assert.Equal(0, Assert.Single(machine.Effects.OfType<RoundEffect.DeleteSpools>()).ThroughRound);
        Assert.Equal(3, machine.Effects.OfType<RoundEffect.PushTrain>().Count());
    }

    [Fact]
    public void Paused_RunningRoundFinishes_ThenWaits()
    {
        var machine = Machine.In(RoundPhase.Publishing);
        machine.Do(new RoundCommand.Pause());
        machine.Do(new RoundCommand.VersionWritten(Machine.Version(1)));
        Assert.Equal((RoundPhase.Idle, 2), (machine.State.Phase, machine.State.Round));

        machine.Do(new RoundCommand.Resume());

        Assert.Equal(RoundPhase.Collecting, machine.State.Phase);
    }

    [Fact]
    public void Start_AfterRestart_GivesClientsTheGraceToComeBack()
    {
        var machine = Machine.In(RoundPhase.Collecting);
        machine.NowMs = machine.State.DeadlineMs + 5_000;
        machine.Do(new RoundCommand.Start());

        Assert.Equal(RoundPhase.Collecting, machine.State.Phase);
        Assert.Equal(machine.NowMs + 30_000, machine.State.DeadlineMs);
    }

    [Fact]
    public void Start_AfterTheClockWasSetBack_WaitsNoLongerThanAWholeDeadline()
    {
        var machine = Machine.In(RoundPhase.Collecting);
        machine.NowMs -= 10_000_000;
        machine.Do(new RoundCommand.Start());
        Assert.Equal(machine.NowMs + 100_000, machine.State.DeadlineMs);

        machine = Machine.In(RoundPhase.Failed);
        machine.NowMs -= 10_000_000;
        machine.Do(new RoundCommand.Start());
        Assert.Equal(RoundPhase.Collecting, machine.State.Phase);
    }

    [Fact]
    public void ClientJoined_AgainWithoutItsAssignment_GetsItPushedAgain()
    {
        var machine = Machine.In(RoundPhase.Collecting);
        machine.Do(Machine.Joined("b", session: 2));
        Assert.Equal("b", Assert.Single(machine.Effects.OfType<RoundEffect.PushTrain>()).Client);

        machine.Do(Machine.Joined("b", session: 3, machine.Assignment("b")));

        Assert.Empty(machine.Effects);
    }

    [Fact]
    public void ClientJoined_WithStaleWork_IsToldToDropItButKeepsAccepted()
    {
        var machine = Machine.In(RoundPhase.Collecting);
        machine.Upload("a");
        machine.Do(Machine.Joined("a", session: 2, machine.Assignment("a"), "run:7:1:t:a", "other:1:1:t:a"));

        Assert.Equal("run:7:1:t:a", Assert.Single(machine.Effects.OfType<RoundEffect.CancelAssignment>()).AssignmentId);
    }

    [Fact]
    public void ClientLeft_OfASupersededStream_ChangesNothing()
    {
        var machine = Machine.In(RoundPhase.Collecting);
        machine.Do(Machine.Joined("a", session: 2));
        machine.Do(new RoundCommand.ClientLeft("a", 1));
        Assert.Contains("a", machine.State.Fleet.Keys);

        machine.Do(new RoundCommand.ClientLeft("a", 2));

        Assert.DoesNotContain("a", machine.State.Fleet.Keys);
    }

    [Fact]
    public void Evaluate_Version0AndEveryPublish_AddsWhatClientsAnswer()
    {
        var machine = new Machine(rounds: 1, evaluate: true);
        machine.Join("a", "b", "c");
        Assert.Equal([0], machine.State.Evaluations.Keys);
        foreach (var client in new[] { "a", "b", "c" })
        {
            machine.Upload(client);
            machine.Do(new RoundCommand.EvaluationArrived(client, $"run:0:1:e:{client}", 10, 5, 2.5));
        }
        Assert.Empty(machine.State.Evaluations);
        machine.Publish();
        Assert.Equal(RoundPhase.Idle, machine.State.Phase);
        machine.Do(new RoundCommand.EvaluationArrived("a", "run:1:1:e:a", 10, 6, 2));
        machine.Do(new RoundCommand.AssignmentRefused("b", "run:1:1:e:b", Declined: true));

        machine.NowMs += 100_000;
        machine.Do(new RoundCommand.Tick());

        Assert.Equal(RoundPhase.Completed, machine.State.Phase);
        var rows = machine.Stored.Select(r => r.Row).OfType<Federated.Server.Storage.Rows.EvaluationRow>().Where(r => r.Version == 1).GroupBy(r => r.Client).Select(g => g.Last().State);
        Assert.Equal(["done", "declined", "missed"], rows);
    }

    [Fact]
    public void EvaluationArrived_Twice_IsRefused()
    {
        var machine = new Machine(evaluate: true);
        machine.Join("a", "b", "c");
        machine.Do(new RoundCommand.EvaluationArrived("a", "run:0:1:e:a", 10, 5, 2.5));

        Assert.Equal(Fault.EvaluationNotWanted, machine.Do(new RoundCommand.EvaluationArrived("a", "run:0:1:e:a", 10, 9, 2.5)).Refusal!.Fault);
    }
}
