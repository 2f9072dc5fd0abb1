using System.Text.Json;
using System.Text.Json.Nodes;
using Server.Tests.Kit;

namespace Browser.Tests.Kit;

/// <summary>The real server as a process, and sites that take part in its runs over gRPC.</summary>
public sealed class LiveFederation : IAsyncLifetime
{
    static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(30);

    readonly TemporaryFolder _data = new();
    readonly List<SimulatedSite> _sites = [];
    readonly SemaphoreSlim _making = new(1, 1);
    ServerProcess? _server;
    bool _gallery;

    internal TestAdapter Adapter { get; } = new(modules: 6, width: 32);

    public static IReadOnlyList<string> Sites { get; } = ["amsterdam", "bergen", "cork", "dresden", "essen", "florence"];

    internal ServerProcess Server => _server ?? throw new InvalidOperationException("The server was not started.");

    public string Address => Server.Http.BaseAddress!.ToString().TrimEnd('/');

    public async ValueTask InitializeAsync()
    {
        _server = await ServerProcess.StartAsync(_data.Path);
        foreach (var id in Sites)
        {
            var site = new SimulatedSite(id, _server.GrpcAddress, Adapter, Pace);
            _sites.Add(site);
            site.Start();
        }
    }

    public Task CreateAsync(string name, int rounds, int? cohort = null, Action<JsonObject>? change = null) =>
        Server.CreateAsync(Adapter, Adapter.Spec(name, rounds, cohort ?? Sites.Count, spec =>
        {
            spec["strategy"] = "lora-fair";
            spec["evaluate"] = new JsonObject();
            change?.Invoke(spec);
        }));

    /// <summary>Runs to look at, made once: one that has ended, one with noise and a ledger, one under way.</summary>
    public async Task GalleryAsync()
    {
        await _making.WaitAsync();
        try
        {
            if (_gallery)
                return;
            await CreateAsync("gallery", rounds: 12);
            await UntilAsync("gallery", run => run.GetProperty("phase").GetString() == "Completed");
            await CreateAsync("shielded", rounds: 8, change: spec =>
            {
                spec["weigher"] = "uniform";
                spec["privacy"] = new JsonObject { ["at"] = "server", ["clip"] = 0.5, ["noise"] = 2, ["epsilon"] = 50, ["delta"] = 1e-5 };
            });
            await UntilAsync("shielded", run => run.GetProperty("phase").GetString() == "Completed");
            await CreateAsync("endless", rounds: 1_000_000);
            await UntilAsync("endless", run => run.GetProperty("round").GetInt32() > 2);
            _gallery = true;
        }
        finally
        {
            _making.Release();
        }
    }

    public async Task<int> RoundOfAsync(string name) => (await Server.GetAsync($"runs/{name}")).GetProperty("round").GetInt32();

    public async Task UntilAsync(string name, Func<JsonElement, bool> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(Visit.LimitMs));
        while (!wanted(await Server.GetAsync($"runs/{name}")))
            await Task.Delay(Pace, limit.Token);
    }

    /// <summary>The files that "adapter init" would leave, for a person to choose in the form.</summary>
    public string[] WriteBundle()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_data.Path, "bundle")).FullName;
        string Write(string name, byte[] bytes)
        {
            var path = Path.Combine(folder, name);
            File.WriteAllBytes(path, bytes);
            return path;
        }
        return
        [
            Write("init.json", System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["base"] = TestAdapter.BaseDigest }.ToJsonString())),
            Write("schema.json", Adapter.SchemaBytes), Write("plan.json", Adapter.PlanBytes), Write("version0.safetensors", Adapter.Version0Bytes),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var site in _sites)
            await site.DisposeAsync();
        _server?.Dispose();
        _data.Dispose();
        _making.Dispose();
    }
}
