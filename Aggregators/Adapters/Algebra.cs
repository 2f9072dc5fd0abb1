namespace Federated.Aggregators.Adapters;

/// <summary>How a group's tensors act on the base model, which is all that the server needs to combine them.</summary>
public enum Algebra
{
    /// <summary>The effective change is affine in the tensors: a weighted mean is exact.</summary>
    Affine,
    /// <summary>The effective change is s * left * right: a mean of factors is biased.</summary>
    Product,
    /// <summary>Non-linear in the tensors: a mean under shared initialisation is a heuristic.</summary>
    Opaque,
    /// <summary>(seed, scalar) pairs that the server replays.</summary>
    SeedTrace,
}
