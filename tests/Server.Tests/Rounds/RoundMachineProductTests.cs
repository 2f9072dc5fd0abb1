using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Storage;

namespace Server.Tests.Rounds;

/// <summary>Every phase against every command: where each pair leads, how it is answered, and that nothing else happens.</summary>
public sealed class RoundMachineProductTests
{
    static readonly Dictionary<string, Func<Machine, RoundCommand>> Commands = new()
    {
        ["Start"] = _ => new RoundCommand.Start(),
        ["Tick"] = _ => new RoundCommand.Tick(),
        ["Pause"] = _ => new RoundCommand.Pause(),
        ["Resume"] = _ => new RoundCommand.Resume(),
        ["Stop"] = _ => new RoundCommand.Stop(),
        ["RolledBack"] = m => new RoundCommand.RolledBack(Machine.Version(m.State.Version.Version + 1), 0),
        ["ClientJoined"] = _ => Machine.Joined("d"),
        ["ClientLeft"] = _ => new RoundCommand.ClientLeft("a", 1),
        ["AssignmentRefused"] = m => new RoundCommand.AssignmentRefused("a", Own(m), Declined: true),
        ["UpdateOffered"] = m => new RoundCommand.UpdateOffered("a", Own(m), Machine.Digest("fresh")),
        ["UpdateArrived"] = m => new RoundCommand.UpdateArrived("a", Own(m), Machine.Digest("fresh"), 1),
        ["UpdateRefused"] = m => new RoundCommand.UpdateRefused("a", Own(m), Fault.UpdateNotFinite),
        ["EvaluationArrived"] = _ => new RoundCommand.EvaluationArrived("a", "run:0:1:e:a", 1, 1, 1),
        ["FoldCompleted"] = _ => new RoundCommand.FoldCompleted(new FoldedVersion([], null, "[]", new MemoryBlobStore().Begin())),
        ["FoldRefused"] = _ => new RoundCommand.FoldRefused(new Refusal(Fault.FoldFailed, "not finite")),
        ["UpdatesLost"] = _ => new RoundCommand.UpdatesLost(["a"], new Refusal(Fault.SpoolCorrupt, "changed")),
        ["VersionWritten"] = m => new RoundCommand.VersionWritten(Machine.Version(m.State.Version.Version + 1)),
        ["DiagnosisDue"] = _ => new RoundCommand.DiagnosisDue(),
        ["Diagnosed"] = _ => new RoundCommand.Diagnosed(1, "[]"),
        ["NotDiagnosed"] = _ => new RoundCommand.NotDiagnosed(1, new Refusal(Fault.SpoolCorrupt, "changed")),
        ["WorkInterrupted"] = _ => new RoundCommand.WorkInterrupted(new Refusal(Fault.DiskFull, "full")),
    };

    // One line per command: phase it leads to from Idle(paused), Selecting, Collecting, Aggregating, Publishing, Failed, Completed, Stopped.
    // '=' stays; a code is the refusal with which it stays; '!' throws, because only our own loop could have sent it.
    static readonly Dictionary<string, string> Table = new()
    {
        ["Start"] = "= = = = = = = =",
        ["Tick"] = "= = = = = = = =",
        ["Pause"] = "= Idle = = = = F104 F104",
        ["Resume"] = "Selecting = = = = = F104 F104",
        ["Stop"] = "Stopped Stopped Stopped Stopped Stopped Stopped F104 F104",
        ["RolledBack"] = "= = F110 F110 F110 Collecting F104 F104",
        ["ClientJoined"] = "= = = = = = = =",
        ["ClientLeft"] = "= = = = = = = =",
        ["AssignmentRefused"] = "F102 F102 = F102 F102 F102 F102 F102",
        ["UpdateOffered"] = "F203 F203 = F202 F202 F205 F203 F203",
        ["UpdateArrived"] = "F203 F203 = F202 F202 F205 F203 F203",
        ["UpdateRefused"] = "= = = = = = = =",
        ["EvaluationArrived"] = "F109 F109 F109 F109 F109 F109 F109 F109",
        ["FoldCompleted"] = "! ! ! Publishing ! ! = =",
        ["FoldRefused"] = "! ! ! Failed ! ! = =",
        ["UpdatesLost"] = "! ! ! Failed ! ! = =",
        ["VersionWritten"] = "! ! ! ! Collecting ! = =",
        ["DiagnosisDue"] = "= = = = = = = =",
        ["Diagnosed"] = "! ! ! ! ! ! ! !",
        ["NotDiagnosed"] = "! ! ! ! ! ! ! !",
        ["WorkInterrupted"] = "! ! ! = Aggregating ! = =",
    };

    public static TheoryData<string, string, string> Product()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var (command, line) in Table)
        {
            foreach (var (phase, expected) in Enum.GetNames<RoundPhase>().Zip(line.Split(' ')))
                data.Add(phase, command, expected);
        }
        return data;
    }

    [Fact]
    public void Table_NamesEveryCommand()
    {
        var commands = typeof(RoundCommand).GetNestedTypes().Select(t => t.Name).Order();
        Assert.Equal(commands, Table.Keys.Order());
        Assert.Equal(commands, Commands.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Product))]
    public void Step_EveryPhaseAndCommand_DoesWhatTheTableSays(string phase, string command, string expected)
    {
        var machine = Machine.In(Enum.Parse<RoundPhase>(phase));
        var given = Commands[command](machine);
        if (expected == "!")
        {
            Assert.Throws<InvalidOperationException>(() => machine.Do(given));
            return;
        }

        var outcome = machine.Do(given);

        Assert.Equal(expected.StartsWith('F') && expected.Length == 4 ? expected : null, outcome.Refusal?.Code);
        Assert.Equal(Enum.TryParse<RoundPhase>(expected, out var next) ? next : Enum.Parse<RoundPhase>(phase), machine.State.Phase);
    }

    static string Own(Machine machine) => machine.State.Participations.TryGetValue("a", out var p) ? p.AssignmentId : "run:1:1:t:a";
}
