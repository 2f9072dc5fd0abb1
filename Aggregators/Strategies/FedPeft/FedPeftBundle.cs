using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedPeft;

/// <summary>One of FedPEFT's sets of tensors (Sun et al., arXiv 2210.01708): the set decides what sites train; here the mean of what they send, which is exact for all but bottleneck adapters and LoRA.</summary>
/// <param name="set">The set's name.</param>
/// <param name="tensors">What is averaged, for people.</param>
/// <param name="holds">Whether a group outside the head belongs to the set.</param>
abstract class FedPeftBundle(string set, string tensors, Func<TensorGroup, bool> holds) : IBundle
{
    public string Name => $"fedpeft-{set}";

    public string Summary => $"FedPEFT's {set} set: sample-weighted means of {tensors}.";

    public virtual FoldSpec Parts => new() { Weigher = new("samples"), Affine = new("mean"), Opaque = new("mean") };

    public string? Refusal(AdapterSchema schema) => schema.Groups.FirstOrDefault(g => g.Site.Kind != SiteKind.Head && !holds(g)) is { } other
        ? $"Bundle '{Name}' is for {tensors}; group '{other.Name}' ({other.Algebra} at {other.Site.Kind} with {string.Join(", ", other.Tensors.Select(t => t.Role))}) does not belong."
        : null;
}
