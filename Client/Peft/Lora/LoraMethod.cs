using Federated.Aggregators.Adapters;
using Federated.Client.Data;
using Federated.Client.Faults;
using Federated.Client.Models;

namespace Federated.Client.Peft.Lora;

/// <summary>LoRA (Hu et al., arXiv 2106.09685): y = W x + s B A x with B = 0 at the start, s = alpha / r, or alpha / sqrt(r) with rslora.</summary>
public sealed class LoraMethod : IPeftMethod
{
    public const string WireName = "lora";
    const string RoleA = "lora_A", RoleB = "lora_B";

    public string Name => WireName;

    public MethodDescription Describe(IFoundationModel model, MethodOptions options)
    {
        var lora = LoraOptions.Read(options);
        TensorGroup[] groups = [.. model.Sites.Where(s => s.Site.Kind == SiteKind.Linear && lora.Selects(s.Path)).Select(s => Group(s, lora))];
        foreach (var target in lora.Targets)
        {
            if (!model.Sites.Any(s => s.Site.Kind == SiteKind.Linear && LoraOptions.Matches(s.Path, target)))
                throw ClientFaults.Method($"Target '{target}' of method '{Name}' matches no matrix of the model. Matrices: {Suffixes(model)}.");
        }
        return new MethodDescription(groups, lora.Rank);
    }

    public bool Handles(TensorGroup group) =>
        group is { Algebra: Algebra.Product, Site.Kind: SiteKind.Linear, Product: { Left: RoleB, Right: RoleA } };

    public long Count(LinearSite site, int rank) => (long)rank * (site.OutFeatures + site.InFeatures);

    /// <summary>A ~ kaiming-uniform with a = sqrt 5, which is U(-1/sqrt(in), 1/sqrt(in)); B = 0. As peft's reset_lora_parameters.</summary>
    public void Initialise(LinearSite site, LayoutGroup group, AdapterTensors values, ulong seed)
    {
        var bound = 1 / Math.Sqrt(site.InFeatures);
        var random = new CounterRandom(CounterRandom.Key("federated.lora.v1", $"{seed}", group.Group.Name));
        foreach (ref var a in values[LoraTensors.Of(group).A])
            a = (float)((2 * random.NextDouble() - 1) * bound);
        values[LoraTensors.Of(group).B].Clear();
    }

    public void Check(LinearSite site, LayoutGroup group)
    {
        var (a, b) = LoraTensors.Of(group);
        if (a.Shape[1] != site.InFeatures || b.Shape[0] != site.OutFeatures)
            throw ClientFaults.Adapter($"Group '{group.Group.Name}' is for a matrix of {b.Shape[0]} x {a.Shape[1]}; the model's '{site.Path}' is {site.OutFeatures} x {site.InFeatures}.");
    }

    public IGroupAttachment Attach(LinearSite site, LayoutGroup group) => new LoraAttachment(site, group);

    static TensorGroup Group(LinearSite site, LoraOptions options) => new(site.Path, site.Site, Algebra.Product,
    [
        new TensorSpec($"base_model.model.{site.Path}.{RoleA}.weight", RoleA, [Axis.Rank, site.InFeatures]),
        new TensorSpec($"base_model.model.{site.Path}.{RoleB}.weight", RoleB, [site.OutFeatures, Axis.Rank]),
    ])
    {
        Product = new ProductForm(RoleB, RoleA, options.Alpha, options.RsLora),
    };

    static string Suffixes(IFoundationModel model) => string.Join(", ", model.Sites.Where(s => s.Site.Kind == SiteKind.Linear)
        .Select(s => s.Path[(s.Path.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal));
}
