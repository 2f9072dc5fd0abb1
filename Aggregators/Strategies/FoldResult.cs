using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies;

/// <summary>What a fold publishes and reports.</summary>
/// <param name="Tensors">The new version, finite.</param>
/// <param name="Offsets">Frozen factors to append to the version's; most rules have none.</param>
/// <param name="State">To pass to the next fold.</param>
/// <param name="Diagnostics">One per group of the layout.</param>
/// <param name="Weights">One per client, in fold order.</param>
public sealed record FoldResult(AdapterTensors Tensors, IReadOnlyList<OffsetFactor> Offsets, StrategyState State,
    IReadOnlyList<GroupDiagnostics> Diagnostics, IReadOnlyList<ClientWeight> Weights);
