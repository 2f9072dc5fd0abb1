namespace TorchSharp.Native;

/// <summary>Products, decompositions, layers and losses.</summary>
static partial class Ops
{
    internal static readonly Operator Matmul = new("matmul(self, other)");
    internal static readonly Operator Mm = new("mm(self, mat2)");
    internal static readonly Operator Bmm = new("bmm(self, mat2)");
    internal static readonly Operator Mv = new("mv(self, vec)");
    internal static readonly Operator Dot = new("dot(self, tensor)");
    internal static readonly Operator Outer = new("outer(self, vec2)");
    internal static readonly Operator Addmm = new("addmm(self, mat1, mat2, beta, alpha)");
    internal static readonly Operator Baddbmm = new("baddbmm(self, batch1, batch2, beta, alpha)");
    internal static readonly Operator Einsum = new("einsum(equation, tensors)");
    internal static readonly Operator Trace = new("trace(self)");

    internal static readonly Operator Svd = new("linalg_svd(A, full_matrices)");
    internal static readonly Operator SvdVals = new("linalg_svdvals(A)");
    internal static readonly Operator Qr = new("linalg_qr(A, mode)");
    internal static readonly Operator Cholesky = new("linalg_cholesky(self)");
    internal static readonly Operator CholeskyUpper = new("cholesky(self, upper)");
    internal static readonly Operator CholeskySolve = new("cholesky_solve(self, input2, upper)");
    internal static readonly Operator Solve = new("linalg_solve(A, B, left)");
    internal static readonly Operator SolveTriangular = new("linalg_solve_triangular(self, B, upper, left, unitriangular)");
    internal static readonly Operator Eigh = new("linalg_eigh(self, UPLO)");
    internal static readonly Operator EigvalsH = new("linalg_eigvalsh(self, UPLO)");
    internal static readonly Operator Inv = new("linalg_inv(A)");
    internal static readonly Operator Det = new("linalg_det(A)");
    internal static readonly Operator VectorNorm = new("linalg_vector_norm(self, ord, dim, keepdim)");

    internal static readonly Operator Linear = new("linear(input, weight, bias)");
    internal static readonly Operator Conv2d = new("conv2d(input, weight, bias, stride, padding, dilation, groups)");
    internal static readonly Operator Conv2dSame = new("conv2d.padding(input, weight, bias, stride, padding, dilation, groups)");
    internal static readonly Operator Embedding = new("embedding(weight, indices, padding_idx, scale_grad_by_freq, sparse)");
    internal static readonly Operator LayerNorm = new("layer_norm(input, normalized_shape, weight, bias, eps)");
    internal static readonly Operator Attention = new("scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, is_causal)");
    internal static readonly Operator CrossEntropy = new("cross_entropy_loss(self, target, weight, reduction, ignore_index, label_smoothing)");
    internal static readonly Operator NllLoss = new("nll_loss_nd(self, target, weight, reduction, ignore_index)");
    internal static readonly Operator MseLoss = new("mse_loss(self, target, reduction)");
    internal static readonly Operator L1Loss = new("l1_loss(self, target, reduction)");
    internal static readonly Operator BceWithLogits = new("binary_cross_entropy_with_logits(self, target, weight, pos_weight, reduction)");

}
