namespace Federated.Aggregators.Strategies.FedPeft;

sealed class FedPeftFullBundle() : FedPeftBundle("full", "all tensors");
