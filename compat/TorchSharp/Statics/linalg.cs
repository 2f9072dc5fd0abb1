using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class linalg
    {
        public enum QRMode
        {
            Reduced = 0,
            Complete = 1,
            R = 2,
        }

        /// <summary>input = U diag(S) Vh. Gradients need distinct singular values.</summary>
        public static (Tensor U, Tensor S, Tensor Vh) svd(Tensor input, bool fullMatrices = true)
        {
            var all = Ops.Svd.CallAll(input, fullMatrices);
            return (all[0], all[1], all[2]);
        }

        public static Tensor svdvals(Tensor input) => Ops.SvdVals.Call(input);

        public static (Tensor Q, Tensor R) qr(Tensor input, QRMode mode = QRMode.Reduced) => Ops.Qr.CallPair(input, mode.ToString().ToLowerInvariant());

        public static Tensor cholesky(Tensor input) => Ops.Cholesky.Call(input);

        public static Tensor solve(Tensor A, Tensor B, bool left = true) => Ops.Solve.Call(A, B, left);

        public static Tensor solve_triangular(Tensor A, Tensor B, bool upper, bool left = true, bool unitriangular = false, Tensor? @out = null)
        {
            var solution = Ops.SolveTriangular.Call(A, B, upper, left, unitriangular);
            if (@out is null)
                return solution;
            using (solution)
                return @out.copy_(solution);
        }

        public static (Tensor eigenvalues, Tensor eigenvectors) eigh(Tensor input, char UPLO = 'L') => Ops.Eigh.CallPair(input, UPLO.ToString());

        public static Tensor eigvalsh(Tensor input, char UPLO = 'L') => Ops.EigvalsH.Call(input, UPLO.ToString());

        public static Tensor inv(Tensor input) => Ops.Inv.Call(input);

        public static Tensor det(Tensor input) => Ops.Det.Call(input);

        public static Tensor vector_norm(Tensor input, double ord = 2, long[]? dims = null, bool keepdim = false) => Ops.VectorNorm.Call(input, ord, dims, keepdim);
    }
}
