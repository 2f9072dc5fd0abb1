namespace Federated.Aggregators.Numerics;

/// <summary>Which power of the singular values a factor carries.</summary>
enum FactorPower
{
    None,
    Half,
    Whole,
}
