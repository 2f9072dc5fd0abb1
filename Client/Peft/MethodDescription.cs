using Federated.Aggregators.Adapters;

namespace Federated.Client.Peft;

/// <summary>What a method would train.</summary>
/// <param name="Groups">In the model's order of sites.</param>
/// <param name="Rank">The rank asked for, or 1 where there is none.</param>
/// <param name="Trained">Roles that the first plan trains; null is all.</param>
public sealed record MethodDescription(IReadOnlyList<TensorGroup> Groups, int Rank = 1, IReadOnlyList<string>? Trained = null);
