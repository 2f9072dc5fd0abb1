using System.Text.Json.Nodes;
using Federation.Tests.Support;

namespace Federation.Tests;

/// <summary>
/// A run whose coordinator adds noise, and SIGKILL: the same secret gives the same noise for the same accepted set, so the published bytes are those of an undisturbed
/// run, and every round stands in the ledger once.
/// </summary>
public sealed class PrivateCrashTests(TinyBase tinyBase)
{
    const string Run = "private";
    const int Rounds = 2, Steps = 8;

    [Fact]
    public async Task KillOfTheCoordinator_InAPrivateRun_SpendsOnceAndPublishesTheSameNoise()
    {
        var (calm, spent) = await FinishAsync(_ => Task.CompletedTask);
        var (killed, spentAgain) = await FinishAsync(async federation =>
        {
            await federation.UntilAsync(Run, state => state is { Round: 1, Phase: "Collecting" });
            federation.Kill("coordinator");
            await federation.UntilAsync(Run, state => state.Version >= 1);
            federation.Kill("coordinator");
        });

        Assert.Equal(calm, killed);
        Assert.Equal(Rounds, spent.Count);
        Assert.Equal(spent, spentAgain);
    }

    async Task<(byte[] Published, List<string> Ledger)> FinishAsync(Func<SmallFederation, Task> disturb)
    {
        await using var federation = await SmallFederation.StartAsync(tinyBase);
        // A coordinator makes its own where there is none; two runs can only be compared with one.
        federation.PutSecret(Run, [.. Enumerable.Range(0, 32).Select(i => (byte)(7 * i))]);
        await federation.CreateRunAsync(Run, Rounds, Steps, "fedit", spec =>
        {
            spec["weigher"] = "uniform";
            spec["privacy"] = new JsonObject { ["clip"] = 0.5, ["noise"] = 2, ["epsilon"] = 100, ["delta"] = 1e-5 };
        });
        await disturb(federation);
        await federation.CompletedAsync(Run);
        using var http = new HttpClient();
        var privacy = JsonNode.Parse(await http.GetStringAsync(new Uri(federation.Processes.HttpAddress, $"/api/v1/runs/{Run}/privacy"), federation.Stop))!;
        return (await federation.PublishedBytesAsync(Run), [.. privacy["rounds"]!.AsArray().Select(r => $"{r!["version"]} {r["epsilon"]} {r["noise"]}")]);
    }
}
