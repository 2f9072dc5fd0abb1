namespace Federated.Aggregators.Strategies.FedPeft;

sealed class FedPeftPromptBundle() : FedPeftBundle("prompt", "deep prompts and head");
