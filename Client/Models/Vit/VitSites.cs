using Federated.Aggregators.Adapters;

namespace Federated.Client.Models.Vit;

/// <summary>Makes the sites of a ViT and keeps them in order.</summary>
sealed class VitSites(WeightBook book)
{
    readonly List<LinearSite> _sites = [];

    public IReadOnlyList<LinearSite> All => _sites;

    public LinearSite Linear(string path, int outFeatures, int inFeatures, SiteKind kind = SiteKind.Linear)
    {
        var weight = book.Add($"{path}.weight", outFeatures, inFeatures);
        return Add(new LinearSite(new Site(kind, path), weight, book.Add($"{path}.bias", outFeatures)));
    }

    public LinearSite Add(LinearSite site)
    {
        _sites.Add(site);
        return site;
    }
}
