using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.LoraFair;

/// <summary>
/// Stationary points of 1 - cos(M, X A) + lambda ||X - B||^2. With N = M A^T, G = A A^T, s = &lt;N, X&gt; and q^2 = &lt;X, X G&gt; the gradient vanishes where
/// X (2 lambda I + s/(mu q^3) G) = 2 lambda B + 1/(mu q) N, mu = ||M||: a fixed point in the two numbers s and q, which in the eigenbasis of G costs O(r) an iteration.
/// </summary>
static class CosineFixedPoint
{
    const int MaxIterations = 2000;
    const double Tolerance = 1e-13;

    /// <summary>X [rows, rank], or null where no iteration converged to a positive cosine.</summary>
    /// <param name="b">B [rows, rank].</param>
    /// <param name="n">N [rows, rank].</param>
    /// <param name="gram">G [rank, rank].</param>
    /// <param name="rank">Columns.</param>
    /// <param name="mu">||M||, above 0.</param>
    /// <param name="lambda">Above 0.</param>
    public static double[]? Solve(double[] b, double[] n, double[] gram, int rank, double mu, double lambda)
    {
        var eigen = SymmetricEigen.Of(gram, rank);
        var (turnedB, turnedN) = (Turn(b, eigen, rank), Turn(n, eigen, rank));
        var columns = new Columns(eigen.Values, Dots(turnedB, turnedB, rank), Dots(turnedB, turnedN, rank), Dots(turnedN, turnedN, rank));
        // The ridge with the same pull towards B near the optimum: X (G + 2 lambda mu^2 I) = N + 2 lambda mu^2 B.
        var (toB, toN, ridge) = (2 * lambda * mu * mu, 1.0, 1.0);
        var (s, q) = columns.Measure(toB, toN, ridge, toB);
        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            if (!(s > 0 && q > 0 && double.IsFinite(s) && double.IsFinite(q)))
                return null;
            (toB, toN, ridge) = (2 * lambda, 1 / (mu * q), s / (mu * q * q * q));
            var (nextS, nextQ) = columns.Measure(toB, toN, ridge, toB);
            var settled = Math.Abs(nextS - s) <= Tolerance * Math.Abs(s) && Math.Abs(nextQ - q) <= Tolerance * q;
            (s, q) = (nextS, nextQ);
            if (settled)
                return TurnBack(columns.Combine(turnedB, turnedN, toB, toN, ridge, toB), eigen, rank);
        }
        return null;
    }

    /// <summary>x V, the columns in the eigenbasis.</summary>
    static double[] Turn(double[] x, SymmetricEigen eigen, int rank)
    {
        var result = new double[x.Length];
        SmallProduct.Add(result, x, eigen.Vectors, x.Length / rank, rank, rank);
        return result;
    }

    static double[] TurnBack(double[] x, SymmetricEigen eigen, int rank)
    {
        var back = new double[rank * rank];
        for (var i = 0; i < rank; i++)
        {
            for (var j = 0; j < rank; j++)
                back[j * rank + i] = eigen.Vectors[i * rank + j];
        }
        var result = new double[x.Length];
        SmallProduct.Add(result, x, back, x.Length / rank, rank, rank);
        return result;
    }

    static double[] Dots(double[] x, double[] y, int rank)
    {
        var dots = new double[rank];
        for (var i = 0; i < x.Length; i++)
            dots[i % rank] = Math.FusedMultiplyAdd(x[i], y[i], dots[i % rank]);
        return dots;
    }

    /// <summary>Per eigenvector: the eigenvalue, and the products of B's and N's columns.</summary>
    sealed record Columns(double[] Values, double[] BB, double[] BN, double[] NN)
    {
        /// <summary>s and q of X = (toB B + toN N)(ridge G + shift I)^-1.</summary>
        public (double S, double Q) Measure(double toB, double toN, double ridge, double shift)
        {
            var (s, square) = (0.0, 0.0);
            for (var j = 0; j < Values.Length; j++)
            {
                var value = Math.Max(0, Values[j]);
                var under = ridge * value + shift;
                s += (toB * BN[j] + toN * NN[j]) / under;
                square += value * (toB * toB * BB[j] + 2 * toB * toN * BN[j] + toN * toN * NN[j]) / (under * under);
            }
            return (s, Math.Sqrt(square));
        }

        public double[] Combine(double[] b, double[] n, double toB, double toN, double ridge, double shift)
        {
            var x = new double[b.Length];
            for (var i = 0; i < x.Length; i++)
                x[i] = (toB * b[i] + toN * n[i]) / (ridge * Math.Max(0, Values[i % Values.Length]) + shift);
            return x;
        }
    }
}
