using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies;

/// <summary>What a weigher can know of a round. Statistics are computed when first asked for.</summary>
public sealed class RoundMeasure
{
    internal RoundMeasure(AdapterTensors previous, IReadOnlyList<Contribution> contributions) => (Previous, Contributions) = (previous, contributions);

    /// <summary>The contributions in fold order.</summary>
    public IReadOnlyList<Contribution> Contributions { get; }

    internal AdapterTensors Previous { get; }
}
