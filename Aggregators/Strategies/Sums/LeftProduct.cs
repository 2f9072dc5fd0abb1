namespace Federated.Aggregators.Strategies.Sums;

/// <summary>An m x n operator that is a sum over clients, applied from the left: Y^T T.</summary>
/// <param name="y">Y [M, width], row-major.</param>
/// <param name="width">Columns of Y.</param>
public abstract class LeftProduct(float[] y, int width) : SumRequest
{
    /// <summary>[width, N], row-major. Filled by the fold.</summary>
    public double[] Sum { get; internal set; } = [];

    internal float[] Y => y;

    internal int Width => width;
}
