using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Data;
using Federated.Client.Faults;
using Federated.Client.Models;

namespace Federated.Client.Peft.Lora;

/// <summary>LoRA (Hu et al., arXiv 2106.09685): y = W x + s B A x with B = 0 at the start, s = alpha / r, or alpha / sqrt(r) with rslora.</summary>
public sealed class LoraMethod : IPeftMethod
{
    public const string WireName = "lora";
    internal const string RoleA = "lora_A", RoleB = "lora_B";

    public string Name => WireName;

    public MethodDescription Describe(IFoundationModel model, MethodOptions options) => DescribeFactors(model, options);

    public bool Handles(TensorGroup group) =>
        group is { Algebra: Algebra.Product, Site.Kind: SiteKind.Linear, Product: { Left: RoleB, Right: RoleA } };

    public long Count(ModelSite site, TensorGroup group, int rank) => CountFactors(site, rank);

    public OffsetFactor? Initialise(ModelSite site, LayoutGroup group, AdapterTensors values, ulong seed)
    {
        InitialiseFactors(site, group, values, seed);
        return null;
    }

    public void Check(ModelSite site, LayoutGroup group)
    {
        var (a, b) = LoraTensors.Of(group);
        var matrix = (LinearSite)site;
        if (a.Shape[1] != matrix.InFeatures || b.Shape[0] != matrix.OutFeatures)
            throw ClientFaults.Adapter($"Group '{group.Group.Name}' is for a matrix of {b.Shape[0]} x {a.Shape[1]}; the model's '{site.Path}' is {matrix.OutFeatures} x {matrix.InFeatures}.");
    }

    public IGroupAttachment Attach(ModelSite site, LayoutGroup group) => new LoraAttachment((LinearSite)site, group);

    /// <summary>The groups of every method whose tensors are LoRA's.</summary>
    internal static MethodDescription DescribeFactors(IFoundationModel model, MethodOptions options)
    {
        var lora = LoraOptions.Read(options, model.Targets.Lora);
        Targets.RequireAll(model, options.Method, lora.Targets);
        return new MethodDescription(
            [.. model.Sites.OfType<LinearSite>().Where(s => s.Site.Kind == SiteKind.Linear && Targets.Select(s.Path, lora.Targets)).Select(s => Group(s, lora))], lora.Rank);
    }

    internal static long CountFactors(ModelSite site, int rank) => (long)rank * (((LinearSite)site).OutFeatures + ((LinearSite)site).InFeatures);

    /// <summary>A ~ kaiming-uniform with a = sqrt 5, which is U(-1/sqrt(in), 1/sqrt(in)); B = 0. As peft's reset_lora_parameters.</summary>
    internal static void InitialiseFactors(ModelSite site, LayoutGroup group, AdapterTensors values, ulong seed)
    {
        var random = new CounterRandom(CounterRandom.Key("federated.lora.v1", $"{seed}", group.Group.Name));
        Draws.Uniform(values[LoraTensors.Of(group).A], ref random, 1 / Math.Sqrt(((LinearSite)site).InFeatures));
        values[LoraTensors.Of(group).B].Clear();
    }

    static TensorGroup Group(LinearSite site, LoraOptions options) => new(site.Path, site.Site, Algebra.Product,
    [
        new TensorSpec($"base_model.model.{site.Path}.{RoleA}.weight", RoleA, [Axis.Rank, site.InFeatures]),
        new TensorSpec($"base_model.model.{site.Path}.{RoleB}.weight", RoleB, [site.OutFeatures, Axis.Rank]),
    ])
    {
        Product = new ProductForm(RoleB, RoleA, options.Alpha, options.RsLora),
    };
}
