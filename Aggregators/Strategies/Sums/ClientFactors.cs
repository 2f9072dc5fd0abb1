namespace Federated.Aggregators.Strategies.Sums;

/// <summary>One client's value of a product group at its own rank.</summary>
/// <param name="Weight">p_k.</param>
/// <param name="Rank">r_k.</param>
/// <param name="Left">B_k [M, r_k], brought to the version's scale, so that s * B_k * A_k is the client's effective change.</param>
/// <param name="Right">A_k [r_k, N].</param>
public sealed record ClientFactors(double Weight, int Rank, float[] Left, float[] Right);
