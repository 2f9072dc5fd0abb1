using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;

namespace Federated.Formats.Versions;

/// <summary>What a version holds besides its strategy state.</summary>
/// <param name="Tensors">The adapter's values.</param>
/// <param name="Offsets">Frozen factors, oldest first; most rules have none.</param>
public sealed record AdapterVersion(AdapterTensors Tensors, IReadOnlyList<OffsetFactor> Offsets);
