namespace Federated.Aggregators.Strategies.Sums;

/// <summary>Every client's factors by themselves, in fold order. No sum: rules that ask for it are not sum-only. Takes memory for all clients of the group.</summary>
public sealed class GatherFactors : SumRequest
{
    /// <summary>Filled by the fold.</summary>
    public IReadOnlyList<ClientFactors> Clients { get; internal set; } = [];
}
