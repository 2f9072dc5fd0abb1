namespace Federated.Aggregators.Strategies.FedPeft;

sealed class FedPeftHeadBundle() : FedPeftBundle("head", "the head", _ => false);
