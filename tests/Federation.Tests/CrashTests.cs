using Federated.Cli.Rest;
using Federation.Tests.Support;

namespace Federation.Tests;

/// <summary>Real processes, ended by SIGKILL; afterwards the run must have published exactly what an undisturbed run publishes.</summary>
public sealed class CrashTests(TinyBase tinyBase)
{
    const int Rounds = 4;
    const int Steps = 12;

    static byte[]? _undisturbed;

    [Fact]
    public Task KillOfAClient_InARound_ChangesNothing() =>
        DisturbAsync(async (federation, run) =>
        {
            await federation.UntilAsync(run, state => state is { Round: 2, Phase: "Collecting" });
            federation.Kill("site-b");
        });

    [Fact]
    public Task KillOfTheServer_InARound_ChangesNothing() =>
        DisturbAsync(async (federation, run) =>
        {
            await federation.UntilAsync(run, state => state is { Round: 2, Phase: "Collecting" });
            federation.Kill("coordinator");
        });

    [Fact]
    public Task KillOfTheServer_BetweenRounds_ChangesNothing() =>
        DisturbAsync(async (federation, run) =>
        {
            await federation.Rest.ActAsync(run, "pause", federation.Stop);
            await federation.UntilAsync(run, state => state is { Paused: true, Phase: "Idle" });
            var killed = federation.Kill("coordinator");
            await federation.UntilAsync(run, state => state.Paused && federation.Processes.Processes[0].ProcessId is { } now && now != killed);
            await federation.Rest.ActAsync(run, "resume", federation.Stop);
        });

    [Fact]
    public Task KillOfTheServer_WhenSomeUpdatesAreAccepted_LosesNone() =>
        DisturbAsync(async (federation, run) =>
        {
            while ((await federation.Rest.RoundsAsync(run, federation.Stop)).All(round => round.Participations.Count(IsAccepted) is 0 or 3))
                await Task.Delay(SmallFederation.Poll, federation.Stop);
            federation.Kill("coordinator");
        });

    async Task DisturbAsync(Func<SmallFederation, string, Task> disturb)
    {
        const string Run = "crash";
        var expected = _undisturbed ??= await UndisturbedAsync(Run);
        await using var federation = await SmallFederation.StartAsync(tinyBase);
        await federation.CreateRunAsync(Run, Rounds, Steps);

        await disturb(federation, Run);
        await federation.CompletedAsync(Run);

        Assert.Equal(expected, await federation.PublishedBytesAsync(Run));
        var rounds = await federation.Rest.RoundsAsync(Run, federation.Stop);
        Assert.All(rounds.Where(round => round.Round is > 0 and <= Rounds), round => Assert.Equal(SmallFederation.Sites.Count, round.Participations.Count(IsAccepted)));
    }

    async Task<byte[]> UndisturbedAsync(string run)
    {
        await using var federation = await SmallFederation.StartAsync(tinyBase);
        await federation.CreateRunAsync(run, Rounds, Steps);
        await federation.CompletedAsync(run);
        return await federation.PublishedBytesAsync(run);
    }

    static bool IsAccepted(Participation participation) => string.Equals(participation.State, "accepted", StringComparison.OrdinalIgnoreCase);
}
