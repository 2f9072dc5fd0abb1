using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Models;
using Federated.Client.Peft.Lora;
using static TorchSharp.torch;

namespace Federated.Client.Peft.Pissa;

/// <summary>
/// PiSSA (Meng et al., arXiv 2404.02948): LoRA that starts on the base's principal subspace, W = U S V^T, B0 = U_r sqrt(S_r / s),
/// A0 = sqrt(S_r / s) V_r^T, on the residual base W - s B0 A0. The residual is an offset of version 0, so that base and digest stay as they are;
/// the decomposition is made once, where the adapter is made, because signs differ between machines.
/// </summary>
public sealed class PissaMethod : IPeftMethod
{
    public const string WireName = "pissa";

    public string Name => WireName;

    public MethodDescription Describe(IFoundationModel model, MethodOptions options)
    {
        var described = LoraMethod.DescribeFactors(model, options);
        foreach (var group in described.Groups)
        {
            var site = (LinearSite)model.Sites.Single(s => s.Site == group.Site);
            if (described.Rank > Math.Min(site.OutFeatures, site.InFeatures))
                throw Faults.ClientFaults.Method($"Option r of method '{Name}' is {described.Rank}; '{site.Path}' is {site.OutFeatures} x {site.InFeatures} and has no more than {Math.Min(site.OutFeatures, site.InFeatures)} singular values.");
        }
        return described;
    }

    public bool Handles(TensorGroup group) => false;

    public long Count(ModelSite site, TensorGroup group, int rank) => LoraMethod.CountFactors(site, rank);

    public OffsetFactor? Initialise(ModelSite site, LayoutGroup group, AdapterTensors values, ulong seed)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var (a, b) = LoraTensors.Of(group);
        var scale = group.Group.Product!.Scale(group.Rank);
        var (left, singular, right) = linalg.svd(((LinearSite)site).Weight, fullMatrices: false);
        var root = singular.narrow(0, 0, group.Rank).div(scale).sqrt();
        TensorValues.Read(left.narrow(1, 0, group.Rank).mul(root), values[b]);
        TensorValues.Read(right.narrow(0, 0, group.Rank).mul(root.unsqueeze(1)), values[a]);
        return new OffsetFactor(group.Group.Name, group.Rank, values[b].ToArray(), values[a].ToArray(), -scale);
    }

    public void Check(ModelSite site, LayoutGroup group) => throw Interpreted();

    public IGroupAttachment Attach(ModelSite site, LayoutGroup group) => throw Interpreted();

    InvalidOperationException Interpreted() => new($"The groups of '{Name}' are interpreted by '{LoraMethod.WireName}'.");
}
