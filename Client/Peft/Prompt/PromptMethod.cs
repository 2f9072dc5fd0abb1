using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Data;
using Federated.Client.Faults;
using Federated.Client.Models;

namespace Federated.Client.Peft.Prompt;

/// <summary>
/// Visual prompt tuning (Jia et al., arXiv 2203.12119) and prompt tuning (Lester et al., arXiv 2104.08691): m trained vectors join the tokens,
/// before every block and dropped after it (deep), or before the first and kept (input).
/// </summary>
public sealed class PromptMethod : IPeftMethod
{
    public const string WireName = "prompt";

    public string Name => WireName;

    public MethodDescription Describe(IFoundationModel model, MethodOptions options)
    {
        var count = options.Integer("m", 10, 1, 4096);
        var input = options.Choice("depth", "deep", "deep", "input") == "input";
        options.Done();
        TensorGroup[] groups = [.. model.Sites.OfType<PromptSite>().Where(s => s.IsInput == input).Select(s => Group(s, count))];
        return groups.Length > 0 ? new MethodDescription(groups)
            : throw ClientFaults.Method($"Method '{Name}' needs a model that takes prompt vectors; model_type '{model.ModelType}' takes none.");
    }

    public bool Handles(TensorGroup group) => group is { Algebra: Algebra.Affine, Site.Kind: SiteKind.InputTokens };

    public long Count(ModelSite site, TensorGroup group, int rank) => (long)group.Tensors[0].Shape[0].Resolve(1) * ((PromptSite)site).Width;

    /// <summary>U(-v, v) with v = sqrt(3 / width), which is VPT's own bound at 16 x 16 patches of 768 units.</summary>
    public OffsetFactor? Initialise(ModelSite site, LayoutGroup group, AdapterTensors values, ulong seed)
    {
        var random = new CounterRandom(CounterRandom.Key("federated.prompt.v1", $"{seed}", group.Group.Name));
        Draws.Uniform(values[group.Tensors[0]], ref random, Math.Sqrt(3.0 / ((PromptSite)site).Width));
        return null;
    }

    public void Check(ModelSite site, LayoutGroup group)
    {
        if (group.Tensors is not [{ Shape: [_, var width] }] || width != ((PromptSite)site).Width)
            throw ClientFaults.Adapter($"Group '{group.Group.Name}' has shapes {string.Join(", ", group.Tensors.Select(t => $"[{string.Join(", ", t.Shape)}]"))}; one [m, {((PromptSite)site).Width}] is needed.");
    }

    public IGroupAttachment Attach(ModelSite site, LayoutGroup group) => new PromptAttachment((PromptSite)site, group);

    static TensorGroup Group(PromptSite site, int count) => new($"{site.Path}.prompt", site.Site, Algebra.Affine,
        [new TensorSpec($"base_model.model.{site.Path}.prompt", "prompt", [count, site.Width])]);
}
