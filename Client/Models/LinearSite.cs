using Federated.Aggregators.Adapters;
using static TorchSharp.torch;

namespace Federated.Client.Models;

/// <summary>A matrix product y = x W^T + b of the base model, and what is attached to it.</summary>
public sealed class LinearSite : WeightSite
{
    readonly List<ILinearBranch> _branches = [];

    /// <param name="site">Kind and dotted path.</param>
    /// <param name="weight">[out, in]; owned by the model, possibly a view of a fused or transposed weight.</param>
    /// <param name="bias">[out] or null.</param>
    public LinearSite(Site site, Tensor weight, Tensor? bias) : base(site, weight, bias) =>
        (OutFeatures, InFeatures) = ((int)weight.shape[0], (int)weight.shape[1]);

    /// <param name="site">Kind and dotted path.</param>
    /// <param name="packed">Held by the model.</param>
    /// <param name="bias">[out] or null.</param>
    public LinearSite(Site site, PackedMatrix packed, Tensor? bias) : base(site, null, bias) =>
        (Packed, OutFeatures, InFeatures) = (packed, (int)packed.Shape[0], (int)packed.Shape[1]);

    /// <summary>The weight where it is held in few bits; null where it is fp32.</summary>
    public PackedMatrix? Packed { get; }

    /// <summary>The weight; of a packed one a widened copy, which changes nothing when it is written to.</summary>
    public override Tensor Weight => Packed?.Widen() ?? base.Weight;

    public int InFeatures { get; }

    public int OutFeatures { get; }

    /// <summary>Whether the base computes this product together with others, so that a branch sees its input but cannot change it.</summary>
    public bool IsFused { get; init; }

    /// <summary>The leaf [in, out] that the weight is a transposed view of; training the base goes through it.</summary>
    public Tensor? TransposedLeaf { get; init; }

    /// <summary>The table whose rows are this product's weight, so that a trained table is seen here as well.</summary>
    public WeightSite? TiedTo { get; init; }

    public override Tensor CurrentWeight => HasOwnWeight ? base.CurrentWeight : TiedTo?.CurrentWeight ?? TransposedLeaf?.t() ?? Weight;

    /// <summary>Output for input [n, in].</summary>
    public Tensor Apply(Tensor input)
    {
        foreach (var branch in _branches)
            input = branch.Prepare(input);
        return Adapt(input, Product(input));
    }

    Tensor Product(Tensor input)
    {
        if (HasOwnForEach)
            return ProductOfEach(input);
        if (Packed is null || HasOwnWeight)
            return nn.functional.linear(input, CurrentWeight, CurrentBias);
        var product = PackedProduct.Of(input, Packed);
        return CurrentBias is { } bias ? product.add(bias) : product;
    }

    /// <summary>Whether what stands in the place is a weight [examples, out, in] or a bias [examples, out].</summary>
    bool HasOwnForEach => (HasOwnWeight && CurrentWeight.dim() == 3) || (HasOwnBias && CurrentBias!.dim() == 2);

    Tensor ProductOfEach(Tensor input)
    {
        var (weight, bias) = (CurrentWeight, CurrentBias);
        var examples = weight.dim() == 3 ? weight.shape[0] : bias!.shape[0];
        var output = input.reshape(examples, -1, InFeatures).matmul(weight.transpose(-2, -1));
        if (bias is not null)
            output = output.add(bias.dim() == 2 ? bias.unsqueeze(1) : bias);
        return output.reshape(-1, OutFeatures);
    }

    /// <summary>Adds the branches to a base output that was computed elsewhere, by a fused product for instance.</summary>
    public Tensor Adapt(Tensor input, Tensor output)
    {
        foreach (var branch in _branches)
            output = branch.Apply(input, output);
        return output;
    }

    public void Add(ILinearBranch branch) => _branches.Add(branch);

    public void Remove(ILinearBranch branch) => _branches.Remove(branch);
}
