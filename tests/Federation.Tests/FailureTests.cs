using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Federated.Cli.Demo;
using Federated.Cli.Rest;
using Federated.Server.Hosting;
using Federation.Tests.Support;

namespace Federation.Tests;

/// <summary>What goes wrong at a site or beside a coordinator gives one clear line and the documented exit code.</summary>
public sealed class FailureTests(TinyBase tinyBase) : IDisposable
{
    const int Failed = 1, Usage = 2, EnvironmentFault = 3;

    readonly string _folder = Directory.CreateTempSubdirectory("federated-failure-").FullName;

    [Fact]
    public async Task MissingData_IsNamed() =>
        (await Invocation.OfAsync("client", "run", "--config", ClientFile(), "--data.images", Path.Combine(_folder, "no-images"))).Fails(EnvironmentFault, "F510", "no-images");

    [Fact]
    public async Task FolderThatIsNoModel_IsNamed() =>
        (await Invocation.OfAsync("client", "run", "--config", ClientFile(), "--model", _folder)).Fails(EnvironmentFault, "F520", _folder, "config.json");

    [Fact]
    public async Task WrongAddress_IsNamed() =>
        (await Invocation.OfAsync("client", "run", "--config", ClientFile(), "--server", "http://127.0.0.1:1", "--reconnect.giveUpSeconds", "1")).Fails(EnvironmentFault, "F540", "127.0.0.1:1");

    [Fact]
    public async Task UnknownConfigurationKey_IsNamedWithTheNearest() =>
        (await Invocation.OfAsync("client", "run", "--config", ClientFile(json => json["modle"] = "x"))).Fails(Usage, "F514", "'modle'", "'model'");

    [Fact]
    public async Task BaseOfOtherWeights_IsRefusedBeforeTraining()
    {
        await using var federation = await SmallFederation.StartAsync(tinyBase);
        // More rounds than can pass before the stranger has come: the run must be there to refuse it.
        await federation.CreateRunAsync("other-base", rounds: 10_000);
        var file = ClientFile(json =>
        {
            json["id"] = "stranger";
            json["server"] = federation.Processes.GrpcAddress;
            json["model"] = tinyBase.Other;
            json["runs"] = "other-base";
            json["exitWhenIdle"] = true;
        });

        (await Invocation.OfAsync("client", "run", "--config", file)).Fails(Failed, "F523", "other-base", "base");

        var run = await federation.Rest.RunAsync("other-base", federation.Stop);
        Assert.False(run.Ended);
        Assert.DoesNotContain("stranger", run.Joined);
    }

    [Fact]
    public async Task TakenPort_IsNamed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        (await Invocation.OfAsync("server", "--data", Path.Combine(_folder, "data"), "--http-port", $"{port}", "--grpc-port", "0")).Fails(EnvironmentFault, "F505", $"{port}");
    }

    [Fact]
    public async Task Coordinator_WhoseParentsPipeCloses_StopsCleanly()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var data = Path.Combine(_folder, "data");
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Federated.Server"), ["--data", data, "--http-port", "0", "--grpc-port", "0"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, Environment = { [ParentPipe.Variable] = "1" },
        };
        using var server = Process.Start(start)!;
        while (Endpoints.Read(data) is null) await Task.Delay(20, limit.Token);

        server.StandardInput.Close();

        await server.WaitForExitAsync(limit.Token);
        Assert.Equal(0, server.ExitCode);
    }

    [Fact]
    public async Task CoordinatorThatDoesNotAnswer_IsNamed() =>
        (await Invocation.OfAsync("runs", "list", "--server", "http://127.0.0.1:1")).Fails(EnvironmentFault, "F562", "127.0.0.1:1");

    [Fact]
    public async Task UnknownMethodOption_IsNamedWithTheNearest() =>
        (await Invocation.OfAsync("adapter", "init", "--model", tinyBase.Folder, "--set", "taregts=query", "--out", Path.Combine(_folder, "adapter"))).Fails(Usage, "F522", "'taregts'", "'targets'");

    string ClientFile(Action<JsonObject>? change = null)
    {
        var configuration = new JsonObject
        {
            ["id"] = "site-x",
            ["server"] = "http://127.0.0.1:1",
            ["state"] = Path.Combine(_folder, "state"),
            ["model"] = tinyBase.Folder,
            ["data"] = new SiteImages(TinyBase.Files, TinyBase.Settings).Configuration(SmallFederation.Sites[0]),
        };
        change?.Invoke(configuration);
        var file = Path.Combine(_folder, "client.json");
        File.WriteAllText(file, configuration.ToJsonString());
        return file;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
