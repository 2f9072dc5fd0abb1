using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies.FedPeft;

sealed class FedPeftPromptBundle() : FedPeftBundle("prompt", "prompts and head", g => g.Site.Kind == SiteKind.InputTokens);
