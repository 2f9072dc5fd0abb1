using System.Text.Json;
using Server.Tests.Kit;

namespace Server.Tests.Hosting;

public sealed class ServerProcessTests : IDisposable
{
    readonly TemporaryFolder _data = new();

    [Fact]
    public async Task Run_OverGrpc_PublishesAndReports()
    {
        using var server = await ServerProcess.StartAsync(_data.Path);
        using var wire = new GrpcWire(server.GrpcAddress);
        var adapter = new TestAdapter();
        await server.CreateAsync(adapter, adapter.Spec("wired", rounds: 2, cohort: 2, s => s["evaluate"] = new System.Text.Json.Nodes.JsonObject()));
        var clients = new[] { "site-a", "site-b" }.Select(id => new SyntheticClient(id, wire, adapter) { EvaluationSamples = 10 }).ToList();

        await Task.WhenAll(clients.Select(c => c.RunAsync(CancellationToken.None))).DefaultTimeout();

        var run = await server.GetAsync("runs/wired");
        Assert.Equal("Completed", run.GetProperty("phase").GetString());
        var rounds = (await server.GetAsync("runs/wired/rounds")).EnumerateArray().ToList();
        Assert.Equal([0, 1, 2], rounds.Select(r => r.GetProperty("round").GetInt32()));
        Assert.All(rounds, r => Assert.Equal(20, r.GetProperty("evaluation").GetProperty("samples").GetInt32()));
        Assert.All(rounds.Skip(1), r => Assert.Equal(2, r.GetProperty("counters").GetProperty("accepted").GetInt32()));
        var version = await server.GetAsync("runs/wired/versions/latest");
        var folder = version.GetProperty("publishedFolder").GetString()!;
        Assert.Equal(["adapter_config.json", "adapter_model.safetensors", "federated.json"], Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.Equal(0, await server.StopAsync());
    }

    public void Dispose() => _data.Dispose();
}
