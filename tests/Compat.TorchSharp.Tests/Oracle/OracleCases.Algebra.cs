using static TorchSharp.torch;

namespace TorchSharp.Tests.Oracle;

static partial class OracleCases
{
    static IEnumerable<OracleCase> Algebra() =>
    [
        Row("matmul", "a @ b", x => x.A.matmul(x.B), "3 4", "4 2"),
        Row("matmul batch", "a @ b", x => matmul(x.A, x.B), "2 5 3 4", "5 4 2"),
        Row("mm", "a.mm(b)", x => x.A.mm(x.B), "3 4", "4 2"),
        Row("bmm", "a.bmm(b)", x => x.A.bmm(x.B), "5 3 4", "5 4 2"),
        Row("mv", "a.mv(b)", x => x.A.mv(x.B), "3 4", "4"),
        Row("dot", "a.dot(b)", x => x.A.dot(x.B), "4", "4"),
        Row("outer", "a.outer(b)", x => x.A.outer(x.B), "3", "4"),
        Row("addmm", "torch.addmm(a, b, c, beta=0.5, alpha=2.0)", x => x.A.addmm(x.B, x.C, 0.5f, 2f), "3 2", "3 4", "4 2"),
        Row("baddbmm", "torch.baddbmm(a, b, c, beta=0.5, alpha=2.0)", x => x.A.baddbmm(x.B, x.C, 0.5f, 2f), "5 3 2", "5 3 4", "5 4 2"),
        Row("einsum", "torch.einsum('bik,bjk->bij', a, b)", x => einsum("bik,bjk->bij", x.A, x.B), "5 3 4", "5 2 4"),
        Row("einsum trilinear", "torch.einsum('i,ij,j->', a, b, c)", x => einsum("i,ij,j->", x.A, x.B, x.C), "3", "3 4", "4"),
        Row("trace", "a.trace()", x => x.A.trace(), "4 4"),
        Rows("svd", "torch.linalg.svd(a, full_matrices=False)", x => linalg.svd(x.A, false) is var (u, s, vh) ? [u, s, vh] : [], "5 3"),
        Row("svdvals", "torch.linalg.svdvals(a)", x => linalg.svdvals(x.A), "5 3"),
        Rows("qr", "torch.linalg.qr(a)", x => linalg.qr(x.A) is var (q, r) ? [q, r] : [], "5 3"),
        Row("cholesky", "torch.linalg.cholesky(a)", x => linalg.cholesky(x.A), "spd 4"),
        Row("cholesky upper", "torch.cholesky(a, upper=True)", x => x.A.cholesky(true), "spd 4"),
        Row("cholesky_solve", "torch.cholesky_solve(b, torch.linalg.cholesky(a))", x => cholesky_solve(x.B, linalg.cholesky(x.A)), "spd 4", "4 2"),
        Row("solve", "torch.linalg.solve(a, b)", x => linalg.solve(x.A, x.B), "spd 4", "4 2"),
        Row("solve right", "torch.linalg.solve(a, b, left=False)", x => linalg.solve(x.A, x.B, left: false), "spd 4", "2 4"),
        Row("solve_triangular", "torch.linalg.solve_triangular(torch.linalg.cholesky(a), b, upper=False)", x => linalg.solve_triangular(linalg.cholesky(x.A), x.B, upper: false), "spd 4", "4 2"),
        Rows("eigh", "torch.linalg.eigh(a)", x => linalg.eigh(x.A) is var (values, vectors) ? [values, vectors] : [], "spd 4"),
        Row("eigvalsh", "torch.linalg.eigvalsh(a, UPLO='U')", x => linalg.eigvalsh(x.A, 'U'), "spd 4"),
        Row("inv", "torch.linalg.inv(a)", x => linalg.inv(x.A), "spd 4"),
        Row("det", "torch.linalg.det(a)", x => linalg.det(x.A), "spd 4"),
        Row("vector_norm", "torch.linalg.vector_norm(a, 3.0, dim=1, keepdim=True)", x => linalg.vector_norm(x.A, 3, [1], true), "3 4"),
    ];

    static IEnumerable<OracleCase> Layers() =>
    [
        Row("linear", "F.linear(a, b, c)", x => nn.functional.linear(x.A, x.B, x.C), "3 4", "2 4", "2"),
        Row("linear without bias", "F.linear(a, b)", x => nn.functional.linear(x.A, x.B), "2 3 4", "2 4"),
        Row("conv2d", "F.conv2d(a, b, c, stride=2, padding=(1, 0), dilation=(1, 2))", x => nn.functional.conv2d(x.A, x.B, x.C, [2], [1, 0], [1, 2]), "2 3 7 8", "4 3 3 2", "4"),
        Row("conv2d groups", "F.conv2d(a, b, groups=2)", x => nn.functional.conv2d(x.A, x.B, groups: 2), "2 4 6 6", "6 2 3 3"),
        Row("conv2d same", "F.conv2d(a, b, c, padding='same')", x => nn.functional.conv2d_padding(x.A, x.B, x.C, padding: Padding.Same), "2 3 6 6", "4 3 3 2", "4"),
        Row("layer_norm", "F.layer_norm(a, (4,), b, c, 1e-6)", x => nn.functional.layer_norm(x.A, [4], x.B, x.C, 1e-6), "2 3 4", "4", "4"),
        Row("layer_norm plain", "F.layer_norm(a, (3, 4))", x => nn.functional.layer_norm(x.A, [3, 4]), "2 3 4"),
        Rows("embedding", "(lambda w: (F.embedding(a, w, padding_idx=1).detach(), torch.autograd.grad(F.embedding(a, w, padding_idx=1).square().sum(), w)[0]))(b.detach().requires_grad_())", x => Embed(x.A, x.B), "<5 3 4", "5 6"),
        Row("dropout", "F.dropout(a, 0.4, True)", x => nn.functional.dropout(x.A, 0.4), "6 7"),
        Row("dropout_", "F.dropout(a.clone(), 0.4, True, True)", x => nn.functional.dropout(x.A.clone(), 0.4, true, true), "6 7"),
        Row("dropout off", "F.dropout(a, 0.4, False)", x => nn.functional.dropout(x.A, 0.4, training: false), "6 7"),
        Row("normalize", "F.normalize(a, dim=1)", x => nn.functional.normalize(x.A), "3 4"),
        Row("attention", "torch.softmax((a / math.sqrt(4)) @ b.transpose(-2, -1), -1) @ c", x => nn.functional.scaled_dot_product_attention(x.A, x.B, x.C), "2 3 5 4", "2 3 6 4", "2 3 6 4"),
        Row("attention causal", "torch.softmax(((a / math.sqrt(4)) @ b.transpose(-2, -1)).masked_fill(~torch.ones(5, 5).tril().bool(), -math.inf), -1) @ c", x => nn.functional.scaled_dot_product_attention(x.A, x.B, x.C, is_casual: true), "2 5 4", "2 5 4", "2 5 4"),
        Row("attention mask", "torch.softmax((a / math.sqrt(4)) @ b.transpose(-2, -1) + d, -1) @ c", x => nn.functional.scaled_dot_product_attention(x.A, x.B, x.C, x.D), "2 5 4", "2 6 4", "2 6 4", "5 6"),
        Row("cross_entropy", "F.cross_entropy(a, b)", x => nn.functional.cross_entropy(x.A, x.B), "6 5", "<5 6"),
        Row("cross_entropy options", "F.cross_entropy(a, b, weight=c.detach(), ignore_index=2, reduction='sum', label_smoothing=0.1)", x => nn.functional.cross_entropy(x.A, x.B, x.C.detach(), 2, nn.Reduction.Sum, 0.1), "6 5", "<5 6", "+5"),
        Row("cross_entropy none", "F.cross_entropy(a, b, reduction='none')", x => nn.functional.cross_entropy(x.A, x.B, reduction: nn.Reduction.None), "6 5 2", "<5 6 2"),
        Row("nll_loss", "F.nll_loss(a.log_softmax(1), b)", x => nn.functional.nll_loss(x.A.log_softmax(1), x.B), "6 5", "<5 6"),
        Row("mse_loss", "F.mse_loss(a, b)", x => nn.functional.mse_loss(x.A, x.B), "3 4", "3 4"),
        Row("l1_loss", "F.l1_loss(a, b, reduction='sum')", x => nn.functional.l1_loss(x.A, x.B, nn.Reduction.Sum), "3 4", "3 4"),
        Row("bce_with_logits", "F.binary_cross_entropy_with_logits(a, b.to(dtype), pos_weight=c.detach())", x => nn.functional.binary_cross_entropy_with_logits(x.A, x.B.to(x.Type), pos_weights: x.C.detach()), "3 4", "? 3 4", "+4"),
    ];

    /// <summary>The layer owns its weight, so its gradient is an output here.</summary>
    static Tensor[] Embed(Tensor indices, Tensor rows)
    {
        using var table = nn.Embedding_from_pretrained(rows.detach().clone(), freeze: false, padding_idx: 1);
        var result = table.call(indices);
        return [result.detach(), .. autograd.grad([result.square().sum()], [table.weight!])];
    }
}
