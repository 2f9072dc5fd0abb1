using Federated.Aggregators.Adapters;
using static TorchSharp.torch;

namespace Federated.Client.Models;

/// <summary>A place with frozen tensors of its own, for which trained ones can stand in: a matrix product, a norm, a table.</summary>
public class WeightSite : ModelSite
{
    readonly Tensor? _weight;
    Tensor? _ownWeight, _ownBias;

    /// <param name="site">Kind and dotted path.</param>
    /// <param name="weight">Owned by the model, possibly a view of a larger tensor; null where a derived site holds it in another form.</param>
    /// <param name="bias">Or null.</param>
    /// <param name="weightName">Checkpoint name of the weight; null is <c>PATH.weight</c>.</param>
    public WeightSite(Site site, Tensor? weight, Tensor? bias, string? weightName = null) : base(site) =>
        (_weight, Bias, WeightName) = (weight, bias, weightName ?? $"{site.Path}.weight");

    public virtual Tensor Weight => _weight ?? throw new InvalidOperationException($"Site '{Path}' has no weight in fp32.");

    public Tensor? Bias { get; }

    public string WeightName { get; }

    public string BiasName => $"{Path}.bias";

    /// <summary>What the model computes with now: the trained tensor where there is one.</summary>
    public virtual Tensor CurrentWeight => _ownWeight ?? Weight;

    public Tensor? CurrentBias => _ownBias ?? Bias;

    public bool HasOwnWeight => _ownWeight is not null;

    public bool HasOwnBias => _ownBias is not null;

    /// <summary>Puts trained tensors in the place of the frozen ones; null leaves what is there.</summary>
    /// <exception cref="InvalidOperationException">Something else already stands in the place.</exception>
    public void Replace(Tensor? weight, Tensor? bias)
    {
        if ((weight is not null && _ownWeight is not null) || (bias is not null && _ownBias is not null))
            throw new InvalidOperationException($"Site '{Path}' already has replaced tensors.");
        (_ownWeight, _ownBias) = (weight ?? _ownWeight, bias ?? _ownBias);
    }

    /// <summary>Puts the frozen tensors back in the places given to these.</summary>
    public void Restore(Tensor? weight, Tensor? bias)
    {
        if (weight is not null && ReferenceEquals(weight, _ownWeight))
            _ownWeight = null;
        if (bias is not null && ReferenceEquals(bias, _ownBias))
            _ownBias = null;
    }
}
