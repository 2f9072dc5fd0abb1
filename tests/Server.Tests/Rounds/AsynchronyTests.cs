using System.Text.Json.Nodes;
using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;
using Server.Tests.Kit;

namespace Server.Tests.Rounds;

/// <summary>Work that outlives its round: semi-synchronous and asynchronous (buffered) runs on the same machine.</summary>
public sealed class AsynchronyTests
{
    static Machine Semi(int maxStaleness = 2, int rounds = 5) => Run("semi-synchronous", 3, 3, maxStaleness, rounds);

    static Machine Buffered(int size = 3, int quorum = 2, int maxStaleness = 2) => Run("asynchronous", size, quorum, maxStaleness, 6);

    static Machine Run(string mode, int size, int quorum, int maxStaleness, int rounds) => new(cohort: size, quorum: quorum, rounds: rounds, minimum: 2,
        change: s => s["asynchrony"] = new JsonObject { ["mode"] = mode, ["maxStaleness"] = maxStaleness });

    static Machine SemiWithoutC()
    {
        var machine = Semi();
        machine.Join("a", "b", "c");
        machine.Upload("a");
        machine.Upload("b");
        machine.NowMs += 100_000;
        machine.Do(new RoundCommand.Tick());
        Assert.Equal(RoundPhase.Aggregating, machine.State.Phase);
        return machine;
    }

    [Fact]
    public void Close_AtTheDeadline_LeavesTheLateOneAtWork()
    {
        var machine = SemiWithoutC();

        Assert.Empty(machine.Effects.OfType<RoundEffect.CancelAssignment>());
        Assert.Equal(["a", "b"], machine.State.Accepted!.Updates.Select(u => u.Client));
        Assert.Equal((ParticipationState.Carried, ParticipationState.Assigned), (machine.State.Participations["c"].State, machine.State.Late["c"].State));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LateUpdate_BeforeOrAfterThePublish_CountsInTheNextRound(bool whileFolding)
    {
        var machine = SemiWithoutC();
        if (whileFolding)
            Assert.Equal(OutcomeKind.Done, machine.Upload("c", assignment: "run:1:1:t:c").Kind);
        machine.Publish();
        Assert.Equal((RoundPhase.Collecting, 2), (machine.State.Phase, machine.State.Round));
        Assert.Equal(["a", "b"], machine.Effects.OfType<RoundEffect.PushTrain>().Select(p => p.Client));
        if (!whileFolding)
            Assert.Equal(OutcomeKind.Done, machine.Upload("c").Kind);
        machine.Upload("a");
        machine.Upload("b");

        var late = machine.State.Accepted!.Updates.Single(u => u.Client == "c");
        Assert.Equal(("run:1:1:t:c", 1, 0), (late.AssignmentId, late.StartRound, late.StartVersion));
        Assert.All(machine.State.Accepted.Updates.Where(u => u.Client != "c"), u => Assert.Equal((null, null), (u.StartRound, u.StartVersion)));
        var order = Assert.Single(machine.Effects.OfType<RoundEffect.StartFold>()).Order;
        Assert.Equal((0, 1), (order.StartOf(late).Version, order.VersionIn.Version));
        Assert.Single(machine.Stored, r => r.Row is ReceiptRow { AssignmentId: "run:1:1:t:c" });
    }

    [Fact]
    public void LateUpdate_ThatIsTooStale_IsTakenBackAndItsUpdateDiscarded()
    {
        var machine = Semi(maxStaleness: 1);
        machine.Join("a", "b", "c");
        for (var round = 1; round <= 2; round++)
        {
            machine.Upload("a");
            machine.Upload("b");
            machine.NowMs += 100_000;
            machine.Do(new RoundCommand.Tick());
            if (round == 1)
                machine.Publish();
        }

        Assert.Equal("run:1:1:t:c", Assert.Single(machine.Stored.Select(r => r.Row).OfType<ParticipationRow>(), p => p.State == "surplus").AssignmentId);
        Assert.Equal(Fault.UpdateSurplus, machine.Upload("c", assignment: "run:1:1:t:c").Refusal!.Fault);
    }

    [Fact]
    public void DeleteSpools_KeepsTheRoundThatALateUpdateBelongsTo()
    {
        var machine = SemiWithoutC();
        machine.Publish();
        machine.Upload("a");
        machine.Upload("b");
        machine.NowMs += 100_000;
        machine.Do(new RoundCommand.Tick());
        machine.Do(new RoundCommand.FoldCompleted(new FoldedVersion([], null, "[]", new MemoryBlobStore().Begin())));
        machine.Do(new RoundCommand.VersionWritten(Machine.Version(2)));

        Assert.Equal(0, Assert.Single(machine.Effects.OfType<RoundEffect.DeleteSpools>()).ThroughRound);
    }

    [Fact]
    public void LateClient_ThatLostItsWork_GetsTheVersionItStartedFromAgain()
    {
        var machine = SemiWithoutC();
        machine.Publish();
        machine.Do(Machine.Joined("c", session: 2));

        var push = Assert.Single(machine.Effects.OfType<RoundEffect.PushTrain>());
        var order = RoundOrders.Train(machine.State, push.Work, machine.NowMs, null).Order;
        Assert.Equal(("run:1:1:t:c", 1, Machine.Digest("manifest-0")), (order.AssignmentId, order.Round, order.ManifestDigest));
        Assert.Equal(0, order.RemainingMs);
    }

    [Fact]
    public void LastRound_LeavesNobodyAtWork()
    {
        var machine = Semi(rounds: 1);
        machine.Join("a", "b", "c");
        machine.Upload("a");
        machine.Upload("b");
        machine.NowMs += 100_000;
        machine.Do(new RoundCommand.Tick());

        Assert.Equal("c", Assert.Single(machine.Effects.OfType<RoundEffect.CancelAssignment>()).Client);
    }

    [Fact]
    public void Buffered_FreeClients_AreAskedAtOnceAndTheBufferFreezesAtItsSize()
    {
        var machine = Buffered();
        machine.Join("a", "b");
        Assert.Equal(RoundPhase.Collecting, machine.State.Phase);
        machine.Do(Machine.Joined("c"));
        Assert.Equal("c", Assert.Single(machine.Effects.OfType<RoundEffect.PushTrain>()).Client);
        machine.Do(Machine.Joined("d"));
        Assert.Empty(machine.Effects);

        machine.Upload("b");
        Assert.Equal("d", Assert.Single(machine.Effects.OfType<RoundEffect.PushTrain>()).Client);
        machine.Upload("d");

        Assert.Equal(RoundPhase.Aggregating, machine.State.Phase);
        Assert.Equal(["b", "d"], machine.State.Accepted!.Updates.Select(u => u.Client));
        Assert.Equal(["a", "c"], machine.State.Late.Keys);
        Assert.Equal(["a", "b", "c", "d"], machine.State.Plan!.Cohort.Select(c => c.Client));
    }

    [Fact]
    public void Buffered_NextBuffer_BeginsWithThoseAtWorkAndWhatCameMeanwhile()
    {
        var machine = Buffered();
        machine.Join("a", "b", "c");
        machine.Upload("b");
        machine.Upload("c");
        Assert.Equal(OutcomeKind.Done, machine.Upload("a", assignment: "run:1:1:t:a").Kind);
        machine.Publish();

        Assert.Equal(2, machine.State.Round);
        Assert.Equal((1, 2), (machine.State.AcceptedCount, machine.State.OutstandingCount));
        Assert.Equal(["b", "c"], machine.Effects.OfType<RoundEffect.PushTrain>().Select(p => p.Client));
        machine.Upload("c");

        Assert.Equal(["a", "c"], machine.State.Accepted!.Updates.Select(u => u.Client));
        Assert.Equal([0, null], machine.State.Accepted.Updates.Select(u => u.StartVersion));
    }

    [Fact]
    public void Buffered_DeadlineWithTooFew_GoesOnWaiting()
    {
        var machine = Buffered();
        machine.Join("a", "b", "c");
        machine.Upload("a");
        machine.NowMs += 100_000;
        machine.Do(new RoundCommand.Tick());

        Assert.Equal((RoundPhase.Collecting, 1), (machine.State.Phase, machine.State.Attempt));
        Assert.Equal(machine.NowMs + 100_000, machine.State.DeadlineMs);
    }

    [Fact]
    public void FoldRefused_WithWorkUnderWay_AsksEverybodyAgain()
    {
        var machine = SemiWithoutC();
        machine.Do(new RoundCommand.FoldRefused(new Refusal(Fault.FoldFailed, "not finite")));
        Assert.Equal("c", Assert.Single(machine.Effects.OfType<RoundEffect.CancelAssignment>()).Client);
        machine.NowMs += 1_000;
        machine.Do(new RoundCommand.Tick());

        Assert.Equal(["a", "b", "c"], machine.Effects.OfType<RoundEffect.PushTrain>().Select(p => p.Client));
        foreach (var client in new[] { "a", "b", "c" })
            machine.Upload(client);
        machine.Publish();
        Assert.Equal((2, 1), (machine.State.Round, machine.State.Version.Version));
    }

    /// <summary>Whatever happens, the rows describe the state: after any random history a restart finds the state that the loop had.</summary>
    [Theory]
    [InlineData("semi-synchronous")]
    [InlineData("asynchronous")]
    public async Task Restore_AfterAnyHistory_FindsTheSameState(string mode)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var machine = Run(mode, 3, 2, 1 + seed % 3, 8);
            var store = new MemoryRunStore();
            var written = 0;
            machine.Join("a", "b", "c", "d");
            for (var step = 0; step < 60 && !machine.State.IsTerminal; step++)
            {
                Disturb(machine, random);
                await store.CommitAsync([.. machine.Stored.Skip(written)], CancellationToken.None);
                written = machine.Stored.Count;
                var restored = await RoundRestore.LoadAsync(store, Assert.Single(await store.RunsAsync(CancellationToken.None)), CancellationToken.None);
                Assert.Equal(Image(machine.State), Image(restored));
            }
        }
    }

    static void Disturb(Machine machine, Random random)
    {
        var state = machine.State;
        var open = state.Participations.Values.Concat(state.Late.Values).Where(p => p.State == ParticipationState.Assigned).ToList();
        switch (random.Next(6))
        {
            case 0 or 1 or 2 when open.Count > 0:
                var part = open[random.Next(open.Count)];
                machine.Do(new RoundCommand.UpdateArrived(part.Client, part.AssignmentId, Machine.Digest(part.AssignmentId), 10) { Samples = 1 + random.Next(9), TrainingLoss = random.NextDouble() });
                break;
            case 3:
                machine.NowMs += random.Next(1, 70_000);
                machine.Do(new RoundCommand.Tick());
                break;
            case 4 when open.Count > 0:
                machine.Do(new RoundCommand.AssignmentRefused(open[0].Client, open[0].AssignmentId, Declined: random.Next(2) == 0));
                break;
            default:
                if (state.Phase == RoundPhase.Aggregating && state.RetryAtMs is null)
                    machine.Publish();
                break;
        }
    }

    // All that a restart must find; a selection or a write under way is redone.
    static string Image(RoundState s) => string.Join('\n', (string[])
    [
        $"{(s.Phase == RoundPhase.Selecting ? RoundPhase.Idle : s.Phase)} {s.Round} {s.Attempt} {s.Version.Version} {s.RetryAtMs}",
        .. s.Participations.Values.Select(p => $"now {p}"),
        .. s.Late.Values.Select(p => $"late {p}"),
        .. s.Participations.Values.Concat(s.Late.Values).Where(p => p.State is ParticipationState.Assigned or ParticipationState.Accepted).Select(p => $"start {s.StartOf(p).ManifestDigest}"),
        .. s.History.Select(h => $"history {h}"),
        $"accepted {s.Accepted?.Digest}",
    ]);
}
