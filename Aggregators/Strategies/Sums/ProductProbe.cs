using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// Vectors X with ||T X^T||^2 equal to the squared Frobenius norm of any T: exactly for the unit vectors, in expectation for random signs (relative standard
/// deviation at most sqrt(2 / 32), for T of rank 1; smaller the more directions T has). Norms of m x n operators come out of m x width products.
/// </summary>
/// <param name="vectors">X [width, n].</param>
/// <param name="width">Rows of X.</param>
/// <param name="factor">On the square of a product, to give the square of the norm.</param>
sealed class ProductProbe(float[] vectors, int width, double factor)
{
    const int SignVectors = 32;
    const int ExactUpTo = 256;
    const ulong Key = 0x6665645F70726F62;

    public float[] Vectors => vectors;

    public int Width => width;

    /// <summary>Unit vectors up to 256 columns, random signs above.</summary>
    public static ProductProbe For(int n)
    {
        if (n > ExactUpTo)
            return Signs(n);
        var unit = new float[n * n];
        for (var i = 0; i < n; i++)
            unit[i * n + i] = 1;
        return new ProductProbe(unit, n, 1);
    }

    /// <summary>32 vectors of random signs from a fixed stream.</summary>
    public static ProductProbe Signs(int n)
    {
        var signs = new float[SignVectors * n];
        new Philox(Key, (ulong)n).Rademacher(signs);
        return new ProductProbe(signs, SignVectors, 1.0 / SignVectors);
    }

    /// <summary>||T||^2 of an operator whose product T X^T is given.</summary>
    public double SquaredNorm(ReadOnlySpan<double> product) => factor * Norm.Squared(product);

    /// <summary>||covariance + B A||^2, the covariance given as its product with X.</summary>
    public double SquaredNorm(double[] covariance, int m, double[] b, double[] a, int rank) =>
        SquaredNorm(Plus(covariance, m, b, a, rank, 1));

    /// <summary>T X^T + times * B (A X^T).</summary>
    public double[] Plus(double[] product, int m, double[] b, double[] a, int rank, double times)
    {
        var n = a.Length / rank;
        var sum = product.ToArray();
        SmallProduct.Add(sum, b, SmallProduct.TimesTransposed(a, rank, vectors, width, n), m, rank, width, times);
        return sum;
    }
}
