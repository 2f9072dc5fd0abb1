namespace Federated.Aggregators.Strategies.FedPeft;

sealed class FedPeftAdapterBundle() : FedPeftBundle("adapter", "bottleneck adapters and head");
