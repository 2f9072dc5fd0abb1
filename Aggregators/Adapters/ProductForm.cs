namespace Federated.Aggregators.Adapters;

/// <summary>
/// Effective change = s * Left * Right with Left [m, r] and Right [r, n], both row-major; for LoRA Left is <c>lora_B</c> and Right is <c>lora_A</c>.
/// </summary>
/// <param name="Left">Role of the left factor, shape [m, r].</param>
/// <param name="Right">Role of the right factor, shape [r, n].</param>
/// <param name="Alpha">LoRA's alpha, above 0.</param>
/// <param name="RsLora">Whether s is alpha / sqrt(r) (rank-stabilised) instead of alpha / r.</param>
public sealed record ProductForm(string Left, string Right, double Alpha, bool RsLora)
{
    /// <summary>The arrangement of the product in the weight; default: the product is the weight.</summary>
    public KroneckerShape? Kronecker { get; init; }

    /// <summary>Whether version 0 carries a frozen factor for the group, minus the product that the base was split into (PiSSA); default false.</summary>
    public bool Offset { get; init; }

    /// <summary>The scale s at a rank.</summary>
    public double Scale(int rank) => RsLora ? Alpha / Math.Sqrt(rank) : Alpha / rank;
}
