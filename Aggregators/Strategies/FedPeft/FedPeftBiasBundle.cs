namespace Federated.Aggregators.Strategies.FedPeft;

sealed class FedPeftBiasBundle() : FedPeftBundle("bias", "biases and head");
