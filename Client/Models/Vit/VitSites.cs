using Federated.Aggregators.Adapters;

namespace Federated.Client.Models.Vit;

/// <summary>Makes the sites of a ViT and keeps them in order.</summary>
sealed class VitSites(WeightBook book)
{
    readonly List<ModelSite> _sites = [];

    public IReadOnlyList<ModelSite> All => _sites;

    public LinearSite Linear(string path, int outFeatures, int inFeatures, SiteKind kind = SiteKind.Linear, bool hasBias = true)
    {
        if (book.Packs && kind == SiteKind.Linear)
            return Add(new LinearSite(new Site(kind, path), book.AddPacked($"{path}.weight", false, outFeatures, inFeatures), hasBias ? book.Add($"{path}.bias", outFeatures) : null));
        var weight = book.Add($"{path}.weight", outFeatures, inFeatures);
        return Add(new LinearSite(new Site(kind, path), weight, hasBias ? book.Add($"{path}.bias", outFeatures) : null));
    }

    /// <summary>A tensor that is no module, named by its own path.</summary>
    public WeightSite Table(string path, params long[] shape) =>
        Add(new WeightSite(new Site(SiteKind.Embedding, path), book.Add(path, shape), null, path));

    public T Add<T>(T site) where T : ModelSite
    {
        _sites.Add(site);
        return site;
    }
}
