using System.Text.Json;
using Federated.Server.Rounds;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Server.Tests.Rounds;

/// <summary>The rows are the state: after every step of a long random life, reading them back gives the state again.</summary>
public sealed class RoundRestoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Load_AfterEveryStepOfARandomLife_GivesTheState(int seed)
    {
        var random = new Random(seed);
        var machine = new Machine(cohort: 3, quorum: 3, minimum: 2, rounds: 4, maxAttempts: 50, evaluate: seed % 2 == 0);
        var store = new MemoryRunStore();
        var saved = 0;
        for (var i = 0; i < 400; i++)
        {
            Act(machine, random);
            var rows = new RowBatch();
            rows.AddRange(machine.Stored.Skip(saved));
            saved = machine.Stored.Count;
            await store.CommitAsync(rows.Changes, CancellationToken.None);
            var restored = await RoundRestore.LoadAsync(store, (await store.RunsAsync(CancellationToken.None)).Single(), CancellationToken.None);
            Assert.Equal(Image(machine.State), Image(restored));
        }
        Assert.True(machine.State.Version.Version > 0);
    }

    static void Act(Machine machine, Random random)
    {
        var client = ((string[])["a", "b", "c", "d"])[random.Next(4)];
        machine.NowMs += random.Next(1_500);
        var participation = machine.State.Participations.GetValueOrDefault(client);
        switch (random.Next(12))
        {
            case 0 or 1:
                machine.Do(Machine.Joined(client, random.Next(100)));
                break;
            case 2 when random.Next(4) == 0:
                machine.Do(new RoundCommand.ClientLeft(client, machine.State.Fleet.GetValueOrDefault(client)?.Session ?? 0));
                break;
            case 3 when random.Next(3) == 0 && participation is not null:
                machine.Do(new RoundCommand.AssignmentRefused(client, participation.AssignmentId, random.Next(2) == 0));
                break;
            case 4 when machine.State.Evaluations.Values.FirstOrDefault()?.Entries.GetValueOrDefault(client) is { } entry:
                machine.Do(new RoundCommand.EvaluationArrived(client, entry.AssignmentId, 10, 5, random.NextDouble()));
                break;
            case 5 when random.Next(3) == 0:
                machine.Do(random.Next(2) == 0 ? new RoundCommand.Pause() : new RoundCommand.Resume());
                break;
            case 6 when machine.State.Phase == RoundPhase.Aggregating && machine.State.RetryAtMs is null:
                machine.Do(random.Next(3) switch
                {
                    0 => new RoundCommand.FoldRefused(new(Federated.Server.Faults.Fault.FoldFailed, "not finite: NaN")),
                    1 => new RoundCommand.WorkInterrupted(new(Federated.Server.Faults.Fault.DiskFull, "full")),
                    _ => new RoundCommand.FoldCompleted(new FoldedVersion([], null, "[]", new MemoryBlobStore().Begin())),
                });
                break;
            case 7 when machine.State.Phase == RoundPhase.Publishing:
                machine.Do(new RoundCommand.VersionWritten(Machine.Version(machine.State.Version.Version + 1)));
                break;
            case 11 when machine.State.Diagnoses is [var diagnosis, ..]:
                machine.Do(new RoundCommand.DiagnosisDue());
                machine.Do(random.Next(3) > 0
                    ? new RoundCommand.Diagnosed(diagnosis.Round, "[]")
                    : new RoundCommand.NotDiagnosed(diagnosis.Round, new(Federated.Server.Faults.Fault.SpoolCorrupt, "changed")));
                break;
            case 8 or 9 or 10 when participation is not null:
                machine.Upload(client);
                break;
            default:
                machine.Do(new RoundCommand.Tick());
                break;
        }
    }

    // What a restart may forget: who is connected, counters since the last commit, and that work was under way.
    static string Image(RoundState state) => JsonSerializer.Serialize(new
    {
        Phase = state.Phase switch { RoundPhase.Selecting => RoundPhase.Idle, RoundPhase.Publishing => RoundPhase.Aggregating, var p => p },
        state.Paused, state.Round, state.Attempt, state.RetryAtMs, state.LastError, state.Version, state.SpecDigest,
        Deadline = state.Phase == RoundPhase.Collecting ? state.DeadlineMs : 0,
        Record = state.Record is { } r ? r with { Rejected = 0, Discarded = 0, FoldedMs = null, DiagnosticsJson = null } : null,
        Plan = state.Phase is RoundPhase.Collecting or RoundPhase.Aggregating or RoundPhase.Publishing ? state.Plan!.Digest : null,
        Accepted = state.Accepted?.Digest,
        Participations = state.Participations.Values.Select(p => p with { AcceptedMs = 0 }),
        Evaluations = state.Evaluations.Values,
        Diagnoses = state.Diagnoses.Select(d => (d.Round, d.Attempt, d.OldestSpool, d.Order.Plan.Digest, d.Order.Accepted.Digest, d.Order.VersionIn.ManifestDigest).ToString()),
    });
}
