using Federated.Server.Storage;
using System.Collections.Immutable;
using System.Text;
using Federated.Formats.Digests;
using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage.Rows;
using Server.Tests.Kit;

namespace Server.Tests.Rounds;

/// <summary>A machine with its state, driven by hand; every step's rows are kept, as a store would keep them.</summary>
sealed class Machine
{
    public const string Run = "run";

    public Machine(int cohort = 3, int quorum = 3, int minimum = 2, int rounds = 2, int maxAttempts = 3, bool evaluate = false, Action<System.Text.Json.Nodes.JsonObject>? change = null)
    {
        var adapter = new TestAdapter();
        var spec = RunSpecJson.Read(adapter.Spec(Run, rounds, cohort, s =>
        {
            s["cohort"] = new System.Text.Json.Nodes.JsonObject
            {
                ["size"] = cohort, ["quorum"] = quorum, ["minimum"] = minimum, ["deadlineSeconds"] = 100, ["graceSeconds"] = 30, ["maxAttempts"] = maxAttempts,
            };
            if (evaluate)
                s["evaluate"] = new System.Text.Json.Nodes.JsonObject();
            change?.Invoke(s);
        }));
        var json = RunSpecJson.Write(spec);
        State = new RoundState { Spec = spec, SpecJson = Encoding.UTF8.GetString(json), SpecDigest = TreeDigest.Of(json), CreatedMs = 0, Version = Version(0) };
        Stored.AddRange(RoundRows.Create(State));
        Do(new RoundCommand.Start());
    }

    public RoundState State { get; private set; }

    public long NowMs { get; set; } = 1_000;

    public List<RowChange> Stored { get; } = [];

    public List<RoundEffect> Effects { get; private set; } = [];

    public StepOutcome Do(RoundCommand command)
    {
        var step = RoundMachine.Step(State, command, NowMs);
        State = step.State;
        Stored.AddRange(step.Rows);
        Effects = [.. step.Effects];
        return step.Outcome;
    }

    public void Join(params string[] clients)
    {
        foreach (var client in clients)
            Do(Joined(client));
    }

    public StepOutcome Upload(string client, string? digest = null, string? assignment = null) =>
        Do(new RoundCommand.UpdateArrived(client, assignment ?? Assignment(client), digest ?? Digest($"{client}-{State.Round}"), 100) { Samples = 10 });

    public string Assignment(string client) => State.Participations[client].AssignmentId;

    public void Publish()
    {
        Do(new RoundCommand.FoldCompleted(new FoldedVersion([], null, "[]", new MemoryBlobStore().Begin())));
        Do(new RoundCommand.VersionWritten(Version(State.Version.Version + 1)));
    }

    public static RoundCommand.ClientJoined Joined(string client, long session = 1, params string[] pending) =>
        new(new FleetMember(client, session, 10, 10, [.. pending]));

    public static string Digest(string text) => TreeDigest.Of(Encoding.UTF8.GetBytes(text));

    public static VersionInfo Version(int version) => new(version, Digest($"manifest-{version}"), 10, version == 0 ? null : Digest($"manifest-{version - 1}"), Digest("schema"), Digest("plan"))
    {
        Groups = [new GroupInfo("g", Digest($"group-{version}"), 5)], PlanVersion = 0, PublishedMs = 0,
    };

    /// <summary>A machine in each phase.</summary>
    public static Machine In(RoundPhase phase)
    {
        var machine = new Machine(rounds: phase == RoundPhase.Completed ? 1 : 2);
        switch (phase)
        {
            case RoundPhase.Idle:
                machine.Do(new RoundCommand.Pause());
                break;
            case RoundPhase.Selecting:
                break;
            case RoundPhase.Failed:
                machine.Join("a", "b", "c");
                machine.NowMs += 100_000;
                machine.Do(new RoundCommand.Tick());
                break;
            case RoundPhase.Stopped:
                machine.Do(new RoundCommand.Stop());
                break;
            default:
                machine.Join("a", "b", "c");
                machine.Advance(phase);
                break;
        }
        Assert.Equal(phase, machine.State.Phase);
        return machine;
    }

    void Advance(RoundPhase phase)
    {
        if (phase == RoundPhase.Collecting)
            return;
        foreach (var client in new[] { "a", "b", "c" })
            Upload(client);
        if (phase is RoundPhase.Publishing or RoundPhase.Completed)
            Do(new RoundCommand.FoldCompleted(new FoldedVersion([], null, "[]", new MemoryBlobStore().Begin())));
        if (phase == RoundPhase.Completed)
            Do(new RoundCommand.VersionWritten(Version(1)));
    }
}
