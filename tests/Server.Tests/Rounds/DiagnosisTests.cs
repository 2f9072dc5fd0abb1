using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Storage.Rows;

namespace Server.Tests.Rounds;

/// <summary>Diagnostics come after the version, never hold a round up, and none goes without a word.</summary>
public sealed class DiagnosisTests
{
    [Fact]
    public void Published_RoundWithoutDiagnostics_AsksForThemAndKeepsItsUpdates()
    {
        var machine = Rounds(1);
        Assert.Single(machine.Effects.OfType<RoundEffect.AwaitDiagnosis>());

        machine.Do(new RoundCommand.DiagnosisDue());

        Assert.Equal(1, Assert.Single(machine.Effects.OfType<RoundEffect.StartDiagnosis>()).Order.Plan.Round);
        Assert.Null(Row(machine, 1).DiagnosticsJson);
        Assert.Equal(RoundPhase.Collecting, machine.State.Phase);
        Publish(machine);
        Assert.Equal(0, Assert.Single(machine.Effects.OfType<RoundEffect.DeleteSpools>()).ThroughRound);
        Assert.Empty(machine.Effects.OfType<RoundEffect.AwaitDiagnosis>());
    }

    [Fact]
    public void Diagnosed_WhileAnotherWaits_RecordsAsksForTheNextAndLetsUpdatesGo()
    {
        var machine = Rounds(2, underWay: true);

        machine.Do(new RoundCommand.Diagnosed(1, """[{"group":"g"}]"""));

        Assert.Equal("""[{"group":"g"}]""", Row(machine, 1).DiagnosticsJson);
        Assert.Equal((1, "round-diagnosed"), Last(machine, "round-diagnosed"));
        Assert.Single(machine.Effects.OfType<RoundEffect.AwaitDiagnosis>());
        Assert.Equal(1, Assert.Single(machine.Effects.OfType<RoundEffect.DeleteSpools>()).ThroughRound);
        machine.Do(new RoundCommand.DiagnosisDue());
        Assert.Equal(2, Assert.Single(machine.Effects.OfType<RoundEffect.StartDiagnosis>()).Order.Plan.Round);
    }

    [Fact]
    public void Published_FasterThanDiagnosed_TheWaitingRoundKeepsWhatTheFoldTold()
    {
        var machine = Rounds(3, underWay: true);

        Assert.Equal([1, 3], machine.State.Diagnoses.Select(d => d.Round));
        Assert.Equal("[]", Row(machine, 2).DiagnosticsJson);
        Assert.Equal((2, "round-not-diagnosed"), Last(machine, "round-not-diagnosed"));
        Assert.Equal("published", Row(machine, 2).Phase);
    }

    /// <summary>What waits for time must not keep the updates of all rounds since.</summary>
    [Fact]
    public void Published_BeforeThereIsTime_TheNewestRoundWaitsAndTheOthersUpdatesGo()
    {
        var machine = Rounds(3);

        Assert.Equal([3], machine.State.Diagnoses.Select(d => d.Round));
        Assert.Equal(2, machine.Effects.OfType<RoundEffect.DeleteSpools>().Last().ThroughRound);
        machine.Do(new RoundCommand.DiagnosisDue());
        Assert.Equal(3, Assert.Single(machine.Effects.OfType<RoundEffect.StartDiagnosis>()).Order.Plan.Round);
    }

    [Fact]
    public void NotDiagnosed_LostUpdates_SaysWhyAndGoesOn()
    {
        var machine = Rounds(2, underWay: true);

        machine.Do(new RoundCommand.NotDiagnosed(1, new Refusal(Fault.SpoolCorrupt, "changed")));

        Assert.Equal("F411", machine.Stored.Select(c => c.Row).OfType<EventRow>().Last(e => e.Kind == "round-not-diagnosed").Code);
        Assert.Equal([2], machine.State.Diagnoses.Select(d => d.Round));
    }

    [Fact]
    public void Completed_BeforeItsLastDiagnosis_DeletesUpdatesOnlyAfterIt()
    {
        var machine = Machine.In(RoundPhase.Completed);
        Assert.Equal(0, machine.Effects.OfType<RoundEffect.DeleteSpools>().Last().ThroughRound);

        machine.Do(new RoundCommand.Start());
        Assert.Single(machine.Effects.OfType<RoundEffect.AwaitDiagnosis>());
        machine.Do(new RoundCommand.DiagnosisDue());
        Assert.Equal(1, Assert.Single(machine.Effects.OfType<RoundEffect.StartDiagnosis>()).Order.Plan.Round);
        machine.Do(new RoundCommand.Diagnosed(1, "[]"));

        Assert.True(Assert.Single(machine.Effects.OfType<RoundEffect.DeleteSpools>()).ThroughRound >= 1);
    }

    static Machine Rounds(int published, bool underWay = false)
    {
        var machine = new Machine(rounds: 9);
        machine.Join("a", "b", "c");
        for (var i = 0; i < published; i++)
        {
            Publish(machine);
            if (underWay && i == 0)
                machine.Do(new RoundCommand.DiagnosisDue());
        }
        return machine;
    }

    static void Publish(Machine machine)
    {
        foreach (var client in new[] { "a", "b", "c" })
            machine.Upload(client);
        machine.Publish();
    }

    static RoundRow Row(Machine machine, int round) => machine.Stored.Select(c => c.Row).OfType<RoundRow>().Last(r => r.Round == round);

    static (int?, string) Last(Machine machine, string kind) =>
        machine.Stored.Select(c => c.Row).OfType<EventRow>().Where(e => e.Kind == kind).Select(e => ((int?)e.Round, e.Kind)).Last();
}
