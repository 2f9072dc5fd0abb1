using System.Text.Json.Nodes;
using Federated.Cli.Demo;
using Federated.Cli.Rest;

namespace Federation.Tests.Support;

/// <summary>The real coordinator and real sites as processes, on a base that trains in milliseconds.</summary>
sealed class SmallFederation : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Between two questions; the coordinator answers a hundred a second.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(15);

    readonly CancellationTokenSource _limit = new(Limit);
    readonly Workspace _workspace = new(Directory.CreateTempSubdirectory("federated-test-").FullName);
    readonly TinyBase _base;

    SmallFederation(TinyBase tinyBase)
    {
        _base = tinyBase;
        Processes = new Federated.Cli.Demo.Federation(_workspace, TimeProvider.System);
        CopyBundle();
    }

    public static IReadOnlyList<Site> Sites { get; } = [.. DomainSet.Sites("harsh").Take(3)];

    public Federated.Cli.Demo.Federation Processes { get; }

    public CoordinatorRest Rest => Processes.Rest;

    public CancellationToken Stop => _limit.Token;

    public static async Task<SmallFederation> StartAsync(TinyBase tinyBase, int serverThreads = 1, Action<Site, JsonObject>? change = null)
    {
        var federation = new SmallFederation(tinyBase);
        await federation.Processes.StartServerAsync(serverThreads, federation.Stop);
        foreach (var site in Sites)
        {
            var configuration = federation.Configuration(site);
            change?.Invoke(site, configuration);
            federation.Processes.StartSite(site.Name, configuration);
        }
        return federation;
    }

    public JsonObject Configuration(Site site) => new()
    {
        ["id"] = site.Name,
        ["server"] = Processes.GrpcAddress,
        ["state"] = Path.Combine(_workspace.Site(site.Name), "state"),
        ["model"] = _base.Folder,
        ["data"] = new SiteImages(TinyBase.Files, TinyBase.Settings).Configuration(site),
        ["reconnect"] = new JsonObject { ["initialMs"] = 20, ["maxMs"] = 200 },
    };

    public async Task CreateRunAsync(string name, int rounds, int steps = 4, string strategy = "lora-fair-momentum", Action<JsonObject>? change = null)
    {
        var file = Path.Combine(_workspace.Adapter, name + ".json");
        var spec = Spec(name, rounds, steps, strategy);
        change?.Invoke(spec);
        await File.WriteAllTextAsync(file, spec.ToJsonString(), Stop);
        await Processes.CreateAsync(file, name, Stop);
    }

    public JsonObject Spec(string name, int rounds, int steps, string strategy) => new()
    {
        ["name"] = name,
        ["base"] = JsonNode.Parse(File.ReadAllText(Path.Combine(_workspace.Adapter, "init.json")))!["base"]!.GetValue<string>(),
        ["schema"] = "@schema.json",
        ["plan"] = "@plan.json",
        ["version0"] = "@version0.safetensors",
        ["strategy"] = strategy,
        ["rounds"] = rounds,
        ["cohort"] = new JsonObject { ["size"] = Sites.Count, ["quorum"] = Sites.Count, ["minimum"] = Sites.Count, ["deadlineSeconds"] = 100 },
        ["train"] = new JsonObject { ["steps"] = steps, ["batchSize"] = 8, ["optimizer"] = "adamw", ["learningRate"] = 0.01 },
        ["evaluate"] = new JsonObject { ["everyRounds"] = 1 },
        ["seed"] = 7,
    };

    public Task<RunSnapshot> CompletedAsync(string run) => Processes.FollowAsync(run, _ => { }, Stop);

    /// <summary>Polls until a run is in the wanted state.</summary>
    public async Task<RunSnapshot> UntilAsync(string run, Func<RunSnapshot, bool> wanted)
    {
        while (true)
        {
            var snapshot = await Processes.AskAsync(rest => rest.RunAsync(run, Stop), Stop);
            if (wanted(snapshot)) return snapshot;
            await Task.Delay(Poll, Stop);
        }
    }

    public async Task<byte[]> PublishedBytesAsync(string run) =>
        await File.ReadAllBytesAsync(Path.Combine((await Rest.VersionAsync(run, "latest", Stop)).PublishedFolder!, "adapter_model.safetensors"), Stop);

    /// <summary>kill -9 of a process by name; the supervisor starts it again.</summary>
    public int Kill(string name)
    {
        var child = Processes.Processes.Single(process => process.Name == name);
        var id = child.ProcessId ?? throw new InvalidOperationException($"{name} is not running.");
        System.Diagnostics.Process.GetProcessById(id).Kill();
        return id;
    }

    /// <summary>Gives a run that is not there yet its secret, which the coordinator otherwise makes.</summary>
    public void PutSecret(string run, byte[] secret)
    {
        var folder = Path.Combine(_workspace.Coordinator, "secrets");
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, run + ".key"), secret);
    }

    void CopyBundle()
    {
        Directory.CreateDirectory(_workspace.Adapter);
        foreach (var file in Directory.EnumerateFiles(_base.Bundle)) File.Copy(file, Path.Combine(_workspace.Adapter, Path.GetFileName(file)));
    }

    public async ValueTask DisposeAsync()
    {
        await Processes.DisposeAsync();
        _limit.Dispose();
        Directory.Delete(_workspace.Root, recursive: true);
    }
}
