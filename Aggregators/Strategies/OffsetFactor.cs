namespace Federated.Aggregators.Strategies;

/// <summary>
/// A frozen part of the adapter: effective base = base + sum of Scale * Left * Right over all offsets of a group. The scale already contains the group's s.
/// </summary>
/// <param name="Group">The product group's name.</param>
/// <param name="Rank">Inner dimension R.</param>
/// <param name="Left">[m, R], row-major.</param>
/// <param name="Right">[R, n], row-major.</param>
/// <param name="Scale">Factor on the product.</param>
public sealed record OffsetFactor(string Group, int Rank, float[] Left, float[] Right, double Scale);
