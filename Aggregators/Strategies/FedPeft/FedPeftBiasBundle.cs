using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies.FedPeft;

sealed class FedPeftBiasBundle() : FedPeftBundle("bias", "biases and head", g => g.Algebra == Algebra.Affine && g.Tensors.All(t => t.Role == "bias"));
