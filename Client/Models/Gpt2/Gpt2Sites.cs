using Federated.Aggregators.Adapters;

namespace Federated.Client.Models.Gpt2;

/// <summary>Makes the sites of a GPT-2 and keeps them in order.</summary>
sealed class Gpt2Sites(WeightBook book)
{
    readonly List<ModelSite> _sites = [];

    public IReadOnlyList<ModelSite> All => _sites;

    /// <summary>GPT-2 stores [in, out]; a site's weight is the transposed view.</summary>
    public LinearSite Linear(string path, int outFeatures, int inFeatures)
    {
        if (book.Packs)
            return Add(new LinearSite(new Site(SiteKind.Linear, path), book.AddPacked($"{path}.weight", true, inFeatures, outFeatures), book.Add($"{path}.bias", outFeatures)));
        var (leaf, weight) = book.AddTransposed($"{path}.weight", inFeatures, outFeatures);
        return Add(new LinearSite(new Site(SiteKind.Linear, path), weight, book.Add($"{path}.bias", outFeatures)) { TransposedLeaf = leaf });
    }

    public WeightSite Norm(string path, int width) =>
        Add(new WeightSite(new Site(SiteKind.Norm, path), book.Add($"{path}.weight", width), book.Add($"{path}.bias", width)));

    public WeightSite Table(string path, int rows, int width) =>
        Add(new WeightSite(new Site(SiteKind.Embedding, path), book.Add($"{path}.weight", rows, width), null));

    public T Add<T>(T site) where T : ModelSite
    {
        _sites.Add(site);
        return site;
    }
}
