using Federated.Cli.Demo;
using Federated.Client.Adapters;
using Federated.Client.Models;
using Federated.Client.Training;
using Federation.Tests.Support;

[assembly: AssemblyFixture(typeof(TinyBase))]

namespace Federation.Tests.Support;

/// <summary>A vision transformer of a few thousand weights, trained once for all tests of this assembly, and its adapter bundle.</summary>
public sealed class TinyBase : IDisposable
{
    internal static readonly DemoSettings Settings = new() { ImagesPerSite = 64, TestImages = 64, Rounds = 3, Steps = 4, BatchSize = 8 };

    readonly string _root = Directory.CreateTempSubdirectory("federated-base-").FullName;

    public TinyBase()
    {
        TorchSharp.torch.set_num_threads(1);
        Folder = Path.Combine(_root, "base");
        Other = Path.Combine(_root, "other");
        Bundle = Path.Combine(_root, "bundle");
        Pretrain(Folder, seed: 1);
        Pretrain(Other, seed: 2);
        using var model = ModelFolder.Load(Folder);
        AdapterInitializer.Create(model, new AdapterRequest { Options = new Dictionary<string, string> { ["r"] = "4", ["alpha"] = "4", ["targets"] = "query,value" }, BaseName = "tiny" }).Write(Bundle);
    }

    public string Folder { get; }

    /// <summary>Same shapes, other weights.</summary>
    public string Other { get; }

    /// <summary>What <c>adapter init</c> wrote.</summary>
    public string Bundle { get; }

    internal static FashionMnist Files { get; } = new(FashionMnist.DefaultFolder);

    static void Pretrain(string folder, ulong seed) => Pretrainer.Run(
        new SiteImages(Files, Settings).Base(512), FashionMnist.Labels,
        new PretrainSettings { Epochs = 1, BatchSize = 64, HiddenSize = 16, Layers = 2, Heads = 2, Seed = seed }, folder);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
