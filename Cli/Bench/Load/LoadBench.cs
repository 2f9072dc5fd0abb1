using System.Text.Json.Nodes;
using Federated.Cli.Bench.Processes;
using Federated.Cli.Bench.Report;
using Federated.Cli.Rest;
using Federated.Cli.Simulation.Training;
using Federated.Client.Configuration;
using Federated.Client.Rounds;
using Federated.Client.Storage;
using Federated.Client.Transport.Grpc;

namespace Federated.Cli.Bench.Load;

/// <summary>Many connected clients of which some upload: the coordinator's memory stays bounded and no call fails.</summary>
sealed class LoadBench(int idle, int uploading, string folder, Action<string> say)
{
    const string Run = "load";

    /// <summary>64 x 2 x 2,048 x 1 floats and a head: 1 MiB and a little.</summary>
    static readonly SyntheticSettings Adapter = new(64, 2_048, 1);

    public async Task<BenchEntry> MeasureAsync(int rounds, CancellationToken stop)
    {
        using var server = new ServerUnderTest(folder, Environment.ProcessorCount);
        using var rest = await server.StartAsync(stop);
        await ServerUnderTest.CreateAsync(rest, SyntheticAdapter.Create(Adapter, 1), Spec(rounds), Path.Combine(folder, "adapter"), stop);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var log = new FailureLog();
        var clients = Enumerable.Range(0, idle).Select(i => RunAsync($"idle-{i:D4}", ["none"], server.Endpoints!.Grpc, log, over.Token)).ToList();
        await ConnectedAsync(rest, stop);
        var idleMemory = server.Process.PeakMemory();
        say($"{idle} idle clients: server {idleMemory >> 20} MiB; now {rounds} rounds with {uploading} uploads of 1 MiB each");
        clients.AddRange(Enumerable.Range(0, uploading).Select(i => RunAsync($"site-{i:D4}", [Run], server.Endpoints!.Grpc, log, over.Token)));
        while (!(await rest.RunAsync(Run, stop)).Ended)
            await Task.Delay(200, stop);
        var stillIdle = await ConnectedAsync(rest, "idle-", stop);
        var seconds = (await rest.RoundsAsync(Run, stop)).Where(r => r.Round > 0).Select(r => r.Seconds ?? double.NaN).ToList();
        var entry = new BenchEntry($"{idle} idle, {uploading} uploading 1 MiB", "s/round", seconds, null, new Dictionary<string, double>
        {
            ["failedCalls"] = log.Failures, ["idleConnected"] = stillIdle, ["serverIdleMiB"] = idleMemory / (double)(1 << 20), ["serverPeakMiB"] = server.Process.PeakMemory() / (double)(1 << 20),
        });
        say($"{entry.Name}: median {entry.Median:F2} s/round, server peak {server.Process.PeakMemory() >> 20} MiB, {stillIdle} idle clients still connected, {log.Failures} failed calls. {log.First}");
        await over.CancelAsync();
        await Task.WhenAll(clients);
        return entry;
    }

    async Task RunAsync(string id, string[] runs, Uri server, FailureLog log, CancellationToken over)
    {
        var configuration = new ClientConfiguration
        {
            Id = id, Server = server, State = Path.Combine(folder, id), Model = "none", Runs = runs, Data = new DataConfiguration { Images = "none", Labels = "none" },
        };
        using var state = ClientState.Open(configuration.State);
        await using var transport = new GrpcTransport(server, state.Token);
        using var daemon = new ClientDaemon(configuration, new InstantSite(100), state, transport,
            new ClientRuntime(TimeProvider.System, new Random(), new ClientLog(log, TimeProvider.System), new PoolDevice()));
        await daemon.RunAsync(over);
    }

    async Task ConnectedAsync(CoordinatorRest rest, CancellationToken stop)
    {
        for (var told = 0; await ConnectedAsync(rest, "idle-", stop) is var now && now < idle;)
        {
            if (now >= told + idle / 4)
                say($"{told = now} of {idle} idle clients are connected");
            await Task.Delay(500, stop);
        }
    }

    static async Task<int> ConnectedAsync(CoordinatorRest rest, string prefix, CancellationToken stop) => (await JsonPages.AllAsync(rest, "api/v1/fleet", stop))
        .Count(c => ((string)c!["id"]!).StartsWith(prefix, StringComparison.Ordinal) && (string?)c["state"] == "Connected");

    JsonObject Spec(int rounds) => new()
    {
        ["name"] = Run,
        ["strategy"] = "fedit",
        ["rounds"] = rounds,
        ["cohort"] = new JsonObject { ["size"] = uploading, ["quorum"] = uploading, ["minimum"] = uploading, ["deadlineSeconds"] = 0 },
        ["train"] = new JsonObject { ["steps"] = 1, ["learningRate"] = 0.01 },
    };
}
