using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies.FedPeft;

sealed class FedPeftFullBundle() : FedPeftBundle("full", "all tensors", g => g.Algebra == Algebra.Affine);
