using Federated.Aggregators.Strategies;
using Federated.Cli.Bench;
using Federated.Cli.Demo;
using Federated.Client.Adapters;
using Federated.Client.Devices;
using Federated.Client.Models;
using Federated.Client.Training;

namespace Federated.Cli.FedPeft;

/// <summary>FedPEFT's tensor sets on Fashion-MNIST turned upside down, six sites: what each costs and reaches.</summary>
sealed class FedPeftBench(FedPeftSettings settings, FashionMnist files, Workspace workspace, DemoConsole console)
{
    public static IReadOnlyList<string> Splits { get; } = ["iid", "dirichlet:0.1"];

    public async Task<IReadOnlyList<FedPeftRow>> RunAsync(CancellationToken stop)
    {
        TorchSharp.torch.set_num_threads(1);
        var folder = await BaseModel.EnsureAsync(workspace, new SiteImages(files, Demo("iid", 1)), Demo("iid", 1), console, stop);
        var jobs = Splits.SelectMany(split => Enumerable.Range(1, settings.Seeds).SelectMany(seed => TensorSets.Names.Select(set => (split, seed, set)))).ToList();
        var rows = new List<FedPeftRow>();
        return await console.ProgressAsync("Tensor sets", jobs.Count, report => Task.Run(() =>
        {
            foreach (var (split, seed, set) in jobs)
            {
                rows.Add(Run(folder, set, split, (ulong)seed, stop));
                report(rows.Count, FormattableString.Invariant($"{set}, {split}, seed {seed}: {100 * rows[^1].Accuracy:0.0} %"));
            }
            return (IReadOnlyList<FedPeftRow>)rows;
        }, stop));
    }

    FedPeftRow Run(string folder, string set, string split, ulong seed, CancellationToken stop)
    {
        ResidentMemory.ResetPeak();
        using var model = ModelFolder.Load(folder);
        using var bases = new HeldBases(model, folder);
        var normalization = Preprocessor.Load(folder);
        var images = new SiteImages(files, Demo(split, seed));
        var bundle = AdapterInitializer.Create(model, new AdapterRequest { Method = set, Seed = seed });
        var layout = bundle.Version0.Layout;
        LocalSite[] sites = [.. Enumerable.Range(0, settings.Sites).Select(i => new Site($"site-{(char)('a' + i)}", split, settings.Transform, i))
            .Select(site => new LocalSite(site.Name, new ImageExamples(images.Training(site), normalization), layout, seed))];
        var test = new ImageExamples(images.Test(new Site("test", split, settings.Transform, 0)), normalization);
        var train = new TrainSettings { Steps = settings.Steps, BatchSize = settings.BatchSize, LearningRate = settings.LearningRates[set] };
        var federation = new LocalFederation(bases, StrategyCatalog.Default.Compose(FoldSpec.Of(set)), train);
        var (version, seconds) = (bundle.Version0, new List<double>());
        for (var round = 1; round <= settings.Rounds; round++)
        {
            (version, var step) = federation.Round(version, sites, round, stop);
            seconds.Add(step);
        }
        return new FedPeftRow(set, split, seed, federation.Accuracy(version, test, stop), ByteAccount.Of(layout).Mebibytes, ResidentMemory.PeakBytes() / (double)(1 << 20), 1000 * seconds.Order().ElementAt(seconds.Count / 2));
    }

    DemoSettings Demo(string split, ulong seed) => new() { Labels = split, Seed = seed, ImagesPerSite = settings.ImagesPerSite, TestImages = settings.TestImages, PretrainEpochs = settings.PretrainEpochs };
}
