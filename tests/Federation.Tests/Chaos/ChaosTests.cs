using Federated.Cli.Bench.Chaos;

namespace Federation.Tests.Chaos;

/// <summary><c>bench chaos</c>, short: the coordinator and its sites are killed at random instants, connections reset in the middle of a tensor.</summary>
public sealed class ChaosTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("federated-chaos-").FullName;

    /// <summary>Twenty kills together; the asynchronous run is compared with its record, because what it publishes depends on when updates come.</summary>
    [Theory]
    [InlineData("lora-fair", false, 12)]
    [InlineData("fedbuff", true, 8)]
    public async Task Kills_ChangeNoPublishedByteAndLoseNoUpdate(string strategy, bool asynchronous, int kills)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        var said = new List<string>();
        var settings = new ChaosSettings { Kills = kills, Cases = [new ChaosCase(strategy, asynchronous)], Width = 512 };

        var result = Assert.Single(await new ChaosBench(settings, _folder, said.Add).RunAsync(limit.Token));

        Assert.True(result.Passed, string.Join(Environment.NewLine, said));
        Assert.True(result.ServerKills > 0 && result.ClientKills > 0 && result.Kills >= kills, $"{result}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
