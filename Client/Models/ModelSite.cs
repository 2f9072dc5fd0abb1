using Federated.Aggregators.Adapters;

namespace Federated.Client.Models;

/// <summary>A place in a frozen base model where a tensor group attaches.</summary>
/// <param name="site">Kind and dotted path.</param>
public abstract class ModelSite(Site site)
{
    public Site Site { get; } = site;

    public string Path => Site.Path;
}
