namespace Federated.Aggregators.Strategies.Sums;

/// <summary>An m x n operator that is a sum over clients, applied to a few vectors: T X^T.</summary>
/// <param name="x">X [width, N], row-major.</param>
/// <param name="width">Rows of X.</param>
public abstract class RightProduct(float[] x, int width) : SumRequest
{
    /// <summary>[M, width], row-major. Filled by the fold.</summary>
    public double[] Sum { get; internal set; } = [];

    internal float[] X => x;

    internal int Width => width;
}
