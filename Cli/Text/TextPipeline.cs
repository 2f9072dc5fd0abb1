using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Cli.Demo;
using Federated.Client.Adapters;
using Federated.Client.Data.Text;
using Federated.Client.Models;
using Federated.Client.Models.Tokenizers;
using Federated.Client.Training;

namespace Federated.Cli.Text;

/// <summary>A federation over mails: the base from WordNet, four sites as processes, one run, and the same training alone.</summary>
sealed class TextPipeline(TextSettings settings, TextFolders folders, Workspace workspace, DemoConsole console, TimeProvider clock)
{
    const string Run = "mails";

    public async Task<TextResult> RunAsync(CancellationToken stop)
    {
        TorchSharp.torch.set_num_threads(1);
        var baseFolder = await BaseAsync(stop);
        var started = clock.GetTimestamp();
        var sites = MailSites.Read(folders.Mails, settings.Sites, settings.MailsPerSite).Sites;
        var bundle = Initialise(baseFolder);
        var published = await FederateAsync(baseFolder, sites, stop);
        var rows = await console.ProgressAsync("Sites alone, and held-out perplexity", sites.Count, report => Task.Run(() => Score(baseFolder, bundle, sites, published, report, stop), stop));
        return new TextResult(settings, [.. sites.Select(site => new TextSite(site.Name, site.Domain, site.Training.Count, site.HeldOut.Count))], rows, clock.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Made once and kept for the next run.</summary>
    async Task<string> BaseAsync(CancellationToken stop)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { settings.Pretrain, settings.Vocabulary, settings.Glosses })))[..12];
        var folder = workspace.Base("gpt2-" + hash);
        if (File.Exists(Path.Combine(folder, "config.json"))) return folder;
        var making = folder + ".making";
        if (Directory.Exists(making)) Directory.Delete(making, recursive: true);
        var tokenizer = TokenizerFolder.Load(folders.Vocabulary, settings.Vocabulary);
        var glosses = WordNetGlosses.Read(folders.WordNet);
        await console.ProgressAsync("Pre-training the base on WordNet's definitions", settings.Pretrain.Steps, report => Task.Run(() => TextPretrainer.Run(
            settings.Glosses == 0 ? glosses : glosses.Take(settings.Glosses), tokenizer, settings.Pretrain, making, step => report(step.Step, $"loss {step.Loss:0.000}"), stop), stop));
        Directory.Move(making, folder);
        return folder;
    }

    AdapterBundle Initialise(string baseFolder)
    {
        using var model = ModelFolder.Load(baseFolder);
        var options = new Dictionary<string, string> { ["r"] = $"{settings.Rank}", ["alpha"] = $"{2 * settings.Rank}", ["targets"] = "attn.c_attn,attn.c_proj,mlp.c_fc,mlp.c_proj" };
        var bundle = AdapterInitializer.Create(model, new AdapterRequest { Options = options, Seed = settings.Seed, BaseName = Path.GetFileName(baseFolder) });
        bundle.Write(workspace.Adapter);
        return bundle;
    }

    async Task<string> FederateAsync(string baseFolder, IReadOnlyList<MailSite> sites, CancellationToken stop)
    {
        await using var federation = new Federation(workspace, clock);
        await federation.StartServerAsync(1, stop);
        foreach (var site in sites)
            federation.StartSite(site.Name, new JsonObject
            {
                ["id"] = site.Name,
                ["server"] = federation.GrpcAddress,
                ["state"] = Path.Combine(workspace.Site(site.Name), "state"),
                ["model"] = baseFolder,
                ["threads"] = 1,
                ["data"] = site.Write(Path.Combine(workspace.Latest, "mails"), settings.Pretrain.Context),
            });
        var file = Path.Combine(workspace.Adapter, "mails.run.json");
        await File.WriteAllTextAsync(file, Spec(baseFolder, sites.Count).ToJsonString(), stop);
        await federation.CreateAsync(file, Run, stop);
        await console.ProgressAsync($"Federated: {settings.Strategy}", settings.Rounds, report => federation.FollowAsync(Run, run => report(run.Version, run.Phase), stop));
        var version = await federation.AskAsync(rest => rest.VersionAsync(Run, "latest", stop), stop);
        return version.PublishedFolder!;
    }

    JsonObject Spec(string baseFolder, int sites)
    {
        using var model = ModelFolder.Load(baseFolder);
        return new JsonObject
        {
            ["name"] = Run,
            ["base"] = model.BaseDigest,
            ["schema"] = "@schema.json",
            ["plan"] = "@plan.json",
            ["version0"] = "@version0.safetensors",
            ["strategy"] = settings.Strategy,
            ["rounds"] = settings.Rounds,
            ["cohort"] = new JsonObject { ["size"] = sites, ["quorum"] = sites, ["minimum"] = sites, ["deadlineSeconds"] = 600 },
            ["train"] = new JsonObject { ["steps"] = settings.Steps, ["batchSize"] = settings.BatchSize, ["optimizer"] = "adamw", ["learningRate"] = settings.LearningRate },
            ["seed"] = settings.Seed,
        };
    }

    List<TextRow> Score(string baseFolder, AdapterBundle bundle, IReadOnlyList<MailSite> sites, string published, Action<int, string> report, CancellationToken stop)
    {
        using var scorer = new TextScorer(baseFolder, sites, settings.Pretrain.Context);
        List<TextRow> rows = [scorer.Score("untouched base", TextRow.Base, null, stop)];
        for (var index = 0; index < sites.Count; index++)
        {
            rows.Add(scorer.ScoreAlone(bundle.Version0, index, settings, stop));
            report(index + 1, sites[index].Name);
        }
        rows.Add(scorer.ScorePublished(published, settings.Strategy, stop));
        return rows;
    }
}
