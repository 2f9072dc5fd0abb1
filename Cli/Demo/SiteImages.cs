using System.Text.Json.Nodes;
using Federated.Client.Data;
using Federated.Client.Data.Domains;

namespace Federated.Cli.Demo;

/// <summary>The images of the sites, loaded here as the sites themselves load them.</summary>
/// <param name="files">Where they are.</param>
/// <param name="settings">How many, and how labels spread.</param>
/// <param name="poolPerSite">Images that a site draws its own from; no other site does.</param>
sealed class SiteImages(FashionMnist files, DemoSettings settings, int poolPerSite = FashionMnist.PoolPerSite)
{
    readonly Lazy<ImageArchive> _train = new(() => ImageArchive.Load(files.TrainImagesFile, files.TrainLabelsFile));
    readonly Lazy<ImageArchive> _test = new(() => ImageArchive.Load(files.TestImagesFile, files.TestLabelsFile));

    public ImageDataset Base(int images) => ImageDataset.Create(_train.Value, new IndexRange(0, images), DomainCatalog.Parse("clean"));

    public ImageDataset Training(Site site) =>
        ImageDataset.Create(_train.Value, Range(site), DomainCatalog.Parse(site.Transform), LabelSkew.Parse(settings.Labels), Seed(site));

    public ImageDataset Test(Site site) =>
        ImageDataset.Create(_test.Value, new IndexRange(0, settings.TestImages), DomainCatalog.Parse(site.Transform));

    /// <summary>The same choice, for a client's configuration file.</summary>
    public JsonObject Configuration(Site site) => new()
    {
        ["kind"] = "idx",
        ["images"] = files.TrainImagesFile,
        ["labels"] = files.TrainLabelsFile,
        ["evalImages"] = files.TestImagesFile,
        ["evalLabels"] = files.TestLabelsFile,
        ["domain"] = site.Transform,
        ["indices"] = new JsonObject { ["from"] = Range(site).From, ["count"] = Range(site).Count, ["pool"] = Range(site).Pool },
        ["evalIndices"] = new JsonObject { ["from"] = 0, ["count"] = settings.TestImages },
        ["skew"] = settings.Labels,
        ["seed"] = Seed(site),
    };

    IndexRange Range(Site site) => new(FashionMnist.BaseImages + site.Index * poolPerSite, settings.ImagesPerSite, poolPerSite);

    ulong Seed(Site site) => 1000 * settings.Seed + (ulong)site.Index;
}
