using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies.FedPeft;

sealed class FedPeftAdapterBundle() : FedPeftBundle("adapter", "bottleneck adapters and head", g => g.Algebra == Algebra.Opaque && g.Site.Kind == SiteKind.BlockResidual);
