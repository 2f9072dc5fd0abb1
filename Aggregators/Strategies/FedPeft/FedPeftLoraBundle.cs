namespace Federated.Aggregators.Strategies.FedPeft;

sealed class FedPeftLoraBundle() : FedPeftBundle("lora", "LoRA factors and head, each factor by itself");
