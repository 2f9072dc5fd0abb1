using static TorchSharp.torch;

namespace TorchSharp.Tests.Oracle;

static partial class OracleCases
{
    static IEnumerable<OracleCase> Views() =>
    [
        Row("view", "a.view(2, 6)", x => x.A.view(2, 6), "3 4"),
        Row("reshape", "a.t().reshape(-1, 2)", x => x.A.t().reshape(-1, 2), "3 4"),
        Row("flatten", "a.flatten(1)", x => x.A.flatten(1), "3 4 2"),
        Row("unflatten", "a.unflatten(1, (2, -1))", x => x.A.unflatten(1, 2, -1), "3 4"),
        Row("permute", "a.permute(2, 0, 1)", x => x.A.permute(2, 0, 1), "3 4 2"),
        Row("transpose", "a.transpose(-1, -2)", x => x.A.transpose(-1, -2), "3 4 2"),
        Row("T", "a.T", x => x.A.T, "3 4"),
        Row("mT", "a.mT", x => x.A.mT, "3 4 2"),
        Row("squeeze", "a.squeeze()", x => x.A.squeeze(), "3 1 4 1"),
        Row("squeeze dim", "a.squeeze(1)", x => x.A.squeeze(1), "3 1 4 1"),
        Row("unsqueeze", "a.unsqueeze(-1)", x => x.A.unsqueeze(-1), "3 4"),
        Row("expand", "a.expand(2, 3, -1)", x => x.A.expand(2, 3, -1), "3 4"),
        Row("expand_as", "a.expand_as(b)", x => x.A.expand_as(x.B), "1 4", "3 4"),
        Row("repeat", "a.repeat(2, 3)", x => x.A.repeat(2, 3), "3 4"),
        Row("repeat_interleave", "a.repeat_interleave(2, 1)", x => x.A.repeat_interleave(2, 1), "3 4"),
        Row("contiguous", "a.t().contiguous().view(-1)", x => x.A.t().contiguous().view(-1), "3 4"),
        Row("clone alias", "a.clone()", x => x.A.clone().alias(), "3 4"),
        Row("detach", "a.detach() * b", x => x.A.detach() * x.B, "3 4", "3 4"),
        Row("detach_", "a.clone().detach_() * b", x => x.A.clone().detach_() * x.B, "3 4", "3 4"),
        Row("narrow", "a.narrow(1, 1, 2)", x => x.A.narrow(1, 1, 2), "3 4"),
        Row("select", "a.select(0, 1)", x => x.A.select(0, 1), "3 4"),
        Row("slice", "a[:, 1:4:2]", x => x.A.slice(1, 1, 4, 2), "3 4"),
        Rows("chunk", "a.chunk(2, 1)", x => x.A.chunk(2, 1), "3 5"),
        Rows("split", "a.split(2, 1)", x => x.A.split(2, 1), "3 5"),
        Rows("split sizes", "a.split((1, 4), 1)", x => x.A.split([1, 4], 1), "3 5"),
        Rows("unbind", "a.unbind(0)", x => x.A.unbind(0), "3 5"),
        Row("cat", "torch.cat((a, b), 1)", x => cat([x.A, x.B], 1), "3 4", "3 2"),
        Row("stack", "torch.stack((a, b), 1)", x => stack([x.A, x.B], 1), "3 4", "3 4"),
        Row("flip", "a.flip(0, 1)", x => x.A.flip(0, 1), "3 4"),
        Row("roll", "a.roll(2, 1)", x => x.A.roll(2, 1), "3 4"),
        Row("roll flat", "a.roll(5)", x => x.A.roll(5), "3 4"),
        Row("roll dims", "a.roll((1, 2), (0, 1))", x => x.A.roll([1, 2], [0, 1]), "3 4"),
        Row("tril", "a.tril(-1)", x => x.A.tril(-1), "4 4"),
        Row("triu", "a.triu(1)", x => x.A.triu(1), "4 4"),
        Row("diag", "a.diag()", x => x.A.diag(), "4"),
        Row("diagonal", "a.diagonal(1)", x => x.A.diagonal(1), "4 4"),
        Row("unfold", "a.unfold(1, 3, 2)", x => x.A.unfold(1, 3, 2), "3 7"),
        Row("pad", "F.pad(a, (1, 2, 0, 1), value=0.5)", x => nn.functional.pad(x.A, [1, 2, 0, 1], value: 0.5), "3 4"),
    ];

    static IEnumerable<OracleCase> Selection() =>
    [
        Row("index numbers", "a[1, -1]", x => x.A[1, -1], "3 4"),
        Row("index slices", "a[1:, ..., None, ::2]", x => x.A[TensorIndex.Slice(1), TensorIndex.Ellipsis, TensorIndex.None, TensorIndex.Slice(step: 2)], "3 4 5"),
        Row("index range", "a[1:3]", x => x.A[1..3], "5 4"),
        Row("index tensor", "a[b]", x => x.A[x.B], "3 4", "<3 6"),
        Row("index tensors", "a[b, c]", x => x.A[x.B, x.C], "3 4", "<3 6", "<4 6"),
        Row("index mixed", "a[:, b, 1]", x => x.A[TensorIndex.Colon, TensorIndex.Tensor(x.B), 1], "3 4 2", "<4 6"),
        Row("index mask", "a[b]", x => x.A[x.B], "3 4", "? 3 4"),
        Row("index mask after slice", "a[:, b]", x => x.A[TensorIndex.Colon, TensorIndex.Tensor(x.B)], "2 3 4", "? 3 4"),
        Row("index bool", "a[True]", x => x.A[TensorIndex.Bool(true)], "3 4"),
        Row("index_put slice", "(lambda t: (t.__setitem__((slice(None), 1), b), t)[1])(a.clone())", x => Set(x.A.clone(), t => t[TensorIndex.Colon, 1] = x.B), "3 4", "3"),
        Row("index_put number", "(lambda t: (t.__setitem__((0, 1), 5.0), t)[1])(a.clone())", x => x.A.clone().index_put_((Scalar)5.0, 0, 1), "3 4"),
        Row("index_put tensor", "a.clone().index_put_((b,), c)", x => x.A.clone().index_put_(x.C, x.B), "3 4", "<3 1", "1 4"),
        Row("index_put accumulate", "a.clone().index_put_((b,), c, accumulate=True)", x => x.A.clone().index_put_(x.C, [TensorIndex.Tensor(x.B)], true), "3 4", "<3 5", "5 4"),
        Row("index_select", "a.index_select(1, b)", x => x.A.index_select(1, x.B), "3 4", "<4 6"),
        Row("index_add", "a.index_add(0, b, c, alpha=0.5)", x => x.A.index_add(0, x.B, x.C, 0.5), "3 4", "<3 5", "5 4"),
        Row("index_add_", "a.clone().index_add_(0, b, c)", x => x.A.clone().index_add_(0, x.B, x.C, 1), "3 4", "<3 5", "5 4"),
        Row("gather", "a.gather(1, b)", x => x.A.gather(1, x.B), "3 4", "<4 3 2"),
        Row("scatter", "a.scatter(0, b, c)", x => x.A.scatter(0, x.B, x.C), "3 4", "<3 1 4", "1 4"),
        Row("scatter_", "a.clone().scatter_(0, b, c)", x => x.A.clone().scatter_(0, x.B, x.C), "3 4", "<3 1 4", "1 4"),
        Row("scatter_add_", "a.clone().scatter_add_(0, b, c)", x => x.A.clone().scatter_add_(0, x.B, x.C), "3 4", "<3 2 4", "2 4"),
        Row("masked_fill", "a.masked_fill(b, -1.5)", x => x.A.masked_fill(x.B, -1.5), "3 4", "? 3 4"),
        Row("masked_fill_", "a.clone().masked_fill_(b, -1.5)", x => x.A.clone().masked_fill_(x.B, -1.5), "3 4", "? 3 4"),
        Row("masked_select", "a.masked_select(b)", x => x.A.masked_select(x.B), "3 4", "? 3 4"),
        Row("nonzero", "a.nonzero()", x => x.A.nonzero(), "? 3 4"),
        Row("one_hot", "F.one_hot(a, 5)", x => nn.functional.one_hot(x.A, 5), "<5 3 4"),
    ];

    static IEnumerable<OracleCase> Creation() =>
    [
        Rows("constants", "torch.zeros(2, 3, dtype=dtype), torch.ones(2, dtype=dtype), torch.full((2, 2), 1.5, dtype=dtype), torch.eye(3, 4, dtype=dtype)", x => [zeros(2, 3, x.Type), ones(2, x.Type), full(2, 2, 1.5, x.Type), eye(3, 4, x.Type)]),
        Rows("ranges", "torch.arange(2, 9, 2), torch.arange(3), torch.arange(0.5, 2, 0.25, dtype=dtype), torch.linspace(0, 1, 7, dtype=dtype)", x => [arange(2, 9, 2), arange(3), arange(0.5, 2, 0.25, x.Type), linspace(0, 1, 7, x.Type)]),
        Rows("like", "torch.zeros_like(a), torch.ones_like(a), torch.full_like(a, 2.5), torch.empty_like(a).fill_(3).mul_(2), torch.empty(2, 3, dtype=dtype).zero_()", x => [zeros_like(x.A), ones_like(x.A), full_like(x.A, 2.5), empty_like(x.A).fill_(3).mul_(2), empty(2, 3, x.Type).zero_()], "3 4"),
        Rows("random", "torch.rand(2, 3, dtype=dtype), torch.randn(2, 3, dtype=dtype), torch.randint(2, 9, (4,)), torch.randperm(7)", x => [rand(2, 3, x.Type), randn(2, 3, x.Type), randint(2, 9, [4]), randperm(7)]),
        Rows("random like", "torch.rand_like(a), torch.randn_like(a)", x => [rand_like(x.A), randn_like(x.A)], "3 4"),
        Rows("random in place", "torch.zeros_like(a).normal_(1, 2), torch.zeros_like(a).uniform_(-1, 3), torch.zeros_like(a).bernoulli_(0.3)", x => [zeros_like(x.A).normal_(1, 2), zeros_like(x.A).uniform_(-1, 3), zeros_like(x.A).bernoulli_(0.3)], "3 4"),
        Rows("sampling", "torch.bernoulli(a.detach() / 2), torch.multinomial(a.detach(), 3, replacement=True)", x => [bernoulli(x.A.detach() / 2), multinomial(x.A.detach(), 3, true)], "+3 4"),
        Rows("linear init", "(lambda m: (m.weight.detach(), m.bias.detach()))(torch.nn.Linear(4, 5, dtype=dtype))", x => Parts(nn.Linear(4, 5, dtype: x.Type))),
        Rows("conv2d init", "(lambda m: (m.weight.detach(), m.bias.detach()))(torch.nn.Conv2d(4, 6, 3, groups=2, dtype=dtype))", x => Parts(nn.Conv2d(4, 6, 3, groups: 2, dtype: x.Type))),
        Rows("layer_norm init", "(lambda m: (m.weight.detach(), m.bias.detach()))(torch.nn.LayerNorm(4, dtype=dtype))", x => Parts(nn.LayerNorm(4, dtype: x.Type))),
        Rows("embedding init", "(torch.nn.Embedding(4, 5, padding_idx=2, dtype=dtype).weight.detach(),)", x => Parts(nn.Embedding(4, 5, 2, dtype: x.Type))),
        Rows("init", "tuple(f(torch.zeros(4, 6, dtype=dtype)) for f in (torch.nn.init.kaiming_uniform_, torch.nn.init.kaiming_normal_, torch.nn.init.xavier_uniform_, torch.nn.init.normal_, torch.nn.init.uniform_))", x => [nn.init.kaiming_uniform_(zeros(4, 6, x.Type)), nn.init.kaiming_normal_(zeros(4, 6, x.Type)), nn.init.xavier_uniform_(zeros(4, 6, x.Type)), nn.init.normal_(zeros(4, 6, x.Type)), nn.init.uniform_(zeros(4, 6, x.Type))]),
        Row("to type", "a.to(torch.float64) * 2", x => x.A.to(ScalarType.Float64) * 2, "3 4"),
        Row("to device", "a.to('cpu', dtype=torch.float64)", x => x.A.to(ScalarType.Float64, CPU), "3 4"),
        Rows("to half", "a.detach().half().to(dtype), a.detach().bfloat16().to(dtype)", x => [x.A.detach().half().to(x.Type), x.A.detach().bfloat16().to(x.Type)], "3 4"),
        Row("copy_", "torch.zeros(3, 4, dtype=dtype).copy_(a)", x => zeros(3, 4, x.Type).copy_(x.A), "4"),
    ];

    static Tensor[] Parts(nn.Module module) => [.. module.parameters().Select(parameter => parameter.detach())];

    static Tensor Set(Tensor tensor, Action<Tensor> assign)
    {
        assign(tensor);
        return tensor;
    }
}
