using System.Text.Json.Nodes;
using Federated.Client.Adapters;
using Federated.Client.Models;

namespace Federated.Cli.Demo;

/// <summary>The whole demo: base, adapter, processes, one run per strategy, reference rows, result.</summary>
sealed class DemoPipeline(DemoSettings settings, FashionMnist files, Workspace workspace, DemoConsole console, TimeProvider clock) : IAsyncDisposable
{
    static readonly Dictionary<string, string> AdapterTargets = new() { ["targets"] = "query,value,attention.output.dense,output.dense" };

    readonly StageClock _stages = new(clock);
    readonly IReadOnlyList<Site> _sites = DomainSet.Sites(settings.Domains);
    readonly SiteImages _images = new(files, settings);

    readonly Federation _federation = new(workspace, clock);
    bool _ended;

    /// <param name="keep">Whether coordinator and sites go on until the pipeline is disposed; otherwise they end with the last run.</param>
    /// <param name="stop">Ends everything.</param>
    public async Task<DemoResult> RunAsync(bool keep, CancellationToken stop)
    {
        TorchSharp.torch.set_num_threads(1);
        var baseFolder = await _stages.MeasureAsync("base model", () => BaseModel.EnsureAsync(workspace, _images, settings, console, stop));
        var bundle = await _stages.MeasureAsync("adapter init", () => Task.Run(() => InitialiseAdapter(baseFolder), stop));

        var federated = new List<Row>();
        await _stages.MeasureAsync("start of seven processes", () => StartAsync(_federation, baseFolder, stop));
        foreach (var strategy in settings.Strategies)
            federated.Add(await _stages.MeasureAsync($"federated: {strategy}", () => new FederatedRow(_federation, workspace, settings, _sites.Count).RunAsync(strategy, console, stop)));
        if (!keep) await DisposeAsync();

        var references = new ReferenceRows(baseFolder, bundle, _images, _sites, settings);
        var trained = await _stages.MeasureAsync("sites alone and central", () =>
            console.ProgressAsync("Sites alone, and training on the pooled data", references.TrainedRounds, report => references.TrainedAsync(report, stop)));
        var rows = await _stages.MeasureAsync("evaluation", () => ScoreAsync(references, federated, stop));
        return new DemoResult(settings, Machine.Describe(), Machine.Commit(), [.. _sites.Select(site => site.Domain)], _stages.Stages,
            [rows.Base, .. trained.Where(row => row.Kind == RowKind.Alone), .. rows.Federated, .. trained.Where(row => row.Kind == RowKind.Central)]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_ended) return;
        _ended = true;
        await _federation.DisposeAsync();
    }

    AdapterBundle InitialiseAdapter(string baseFolder)
    {
        using var model = ModelFolder.Load(baseFolder);
        var options = new Dictionary<string, string>(AdapterTargets) { ["r"] = $"{settings.Rank}", ["alpha"] = FormattableString.Invariant($"{settings.Alpha}") };
        var bundle = AdapterInitializer.Create(model, new AdapterRequest { Options = options, Seed = settings.Seed, BaseName = Path.GetFileName(baseFolder) });
        bundle.Write(workspace.Adapter);
        return bundle;
    }

    async Task StartAsync(Federation federation, string baseFolder, CancellationToken stop)
    {
        await federation.StartServerAsync(settings.ServerThreads, stop);
        foreach (var site in _sites)
            federation.StartSite(site.Name, new JsonObject
            {
                ["id"] = site.Name,
                ["server"] = federation.GrpcAddress,
                ["state"] = Path.Combine(workspace.Site(site.Name), "state"),
                ["model"] = baseFolder,
                ["threads"] = 1,
                ["data"] = _images.Configuration(site),
            });
        console.Say($"Coordinator and {_sites.Count} sites are running; dashboard: {federation.Rest.Server}   logs: {workspace.Logs}");
    }

    static async Task<(Row Base, IReadOnlyList<Row> Federated)> ScoreAsync(ReferenceRows references, IReadOnlyList<Row> federated, CancellationToken stop)
    {
        var untouched = references.BaseAsync(stop);
        var scored = new List<Row>();
        foreach (var row in federated)
            scored.Add(row with { ByDomain = await references.PublishedAsync(row.Adapter!, stop) });
        return (await untouched, scored);
    }
}
