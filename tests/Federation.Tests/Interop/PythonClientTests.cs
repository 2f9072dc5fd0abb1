using System.Text.Json.Nodes;
using Federated.Cli.Bench.Processes;
using Federated.Cli.Simulation.Training;

namespace Federation.Tests.Interop;

/// <summary>Anybody can join with the .proto files alone.</summary>
public sealed class PythonClientTests : IDisposable
{
    const int Rounds = 3;

    readonly string _folder = Directory.CreateTempSubdirectory("federated-python-").FullName;

    [Fact]
    public async Task TwoPythonClients_TakePartInARun_AndTheirUpdatesCount()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        using var server = new ServerUnderTest(_folder, threads: 1);
        using var rest = await server.StartAsync(limit.Token);
        var bundle = SyntheticAdapter.Create(new SyntheticSettings(Modules: 2, Width: 64, Rank: 4), seed: 1);
        await ServerUnderTest.CreateAsync(rest, bundle, new JsonObject
        {
            ["name"] = "python",
            ["strategy"] = "fedit",
            ["rounds"] = Rounds,
            ["cohort"] = new JsonObject { ["size"] = 2, ["quorum"] = 2, ["minimum"] = 2, ["deadlineSeconds"] = 60 },
            ["train"] = new JsonObject { ["steps"] = 1, ["learningRate"] = 0.01 },
        }, Path.Combine(_folder, "adapter"), limit.Token);

        var address = $"127.0.0.1:{server.Endpoints!.Grpc.Port}";
        var answers = await Task.WhenAll(new[] { "snake-a", "snake-b" }.Select(id => PythonClient.RunAsync(address, id, limit.Token)));

        Assert.All(answers, a => Assert.Equal((0, ""), (a.ExitCode, a.Errors)));
        Assert.All(answers, a => Assert.Equal([.. Enumerable.Repeat("UPLOAD_RESULT_ACCEPTED", Rounds), "ended completed"], a.Lines));
        var rounds = (await rest.RoundsAsync("python", limit.Token)).Where(r => r.Round > 0).ToList();
        Assert.Equal(Rounds, rounds.Count);
        Assert.All(rounds, r => Assert.Equal(["snake-a", "snake-b"], r.Participations.Where(p => p.IsAccepted).Select(p => p.Client)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
