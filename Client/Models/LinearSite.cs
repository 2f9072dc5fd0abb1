using Federated.Aggregators.Adapters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Models;

/// <summary>A matrix product y = x W^T + b of the base model, and what is attached to it.</summary>
public sealed class LinearSite
{
    readonly List<ILinearBranch> _branches = [];
    Parameter? _ownWeight, _ownBias;

    /// <param name="site">Kind and dotted path.</param>
    /// <param name="weight">[out, in]; owned by the model, possibly a view of a fused weight.</param>
    /// <param name="bias">[out] or null.</param>
    public LinearSite(Site site, Tensor weight, Tensor? bias)
    {
        (Site, Weight, Bias) = (site, weight, bias);
        (OutFeatures, InFeatures) = ((int)weight.shape[0], (int)weight.shape[1]);
    }

    public Site Site { get; }

    public string Path => Site.Path;

    public Tensor Weight { get; }

    public Tensor? Bias { get; }

    public int InFeatures { get; }

    public int OutFeatures { get; }

    /// <summary>Output for input [n, in].</summary>
    public Tensor Apply(Tensor input) => Adapt(input, nn.functional.linear(input, _ownWeight ?? Weight, _ownBias ?? Bias));

    /// <summary>Adds the branches to a base output that was computed elsewhere, by a fused product for instance.</summary>
    public Tensor Adapt(Tensor input, Tensor output)
    {
        foreach (var branch in _branches)
            output = branch.Apply(input, output);
        return output;
    }

    public void Add(ILinearBranch branch) => _branches.Add(branch);

    public void Remove(ILinearBranch branch) => _branches.Remove(branch);

    /// <summary>Puts trained tensors in the place of the frozen ones; null leaves what is there.</summary>
    /// <exception cref="InvalidOperationException">Something else already stands in the place.</exception>
    public void Replace(Parameter? weight, Parameter? bias)
    {
        if ((weight is not null && _ownWeight is not null) || (bias is not null && _ownBias is not null))
            throw new InvalidOperationException($"Site '{Path}' already has replaced tensors.");
        (_ownWeight, _ownBias) = (weight ?? _ownWeight, bias ?? _ownBias);
    }

    /// <summary>Puts the frozen tensors back in the places given to these.</summary>
    public void Restore(Parameter? weight, Parameter? bias)
    {
        if (weight is not null && ReferenceEquals(weight, _ownWeight))
            _ownWeight = null;
        if (bias is not null && ReferenceEquals(bias, _ownBias))
            _ownBias = null;
    }
}
