using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <content>Sums, means, extremes, sorting.</content>
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Ops.Sum.Call(this, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Ops.SumDims.Call(this, new[] { dim }, keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Ops.SumDims.Call(this, dim, keepdim, type);

        public Tensor mean() => Ops.Mean.Call(this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Ops.MeanDims.Call(this, dimensions, keepdim, type);

        public Tensor prod(ScalarType? type = null) => Ops.Prod.Call(this, type);

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Ops.ProdDim.Call(this, dim, keepdim, type);

        public Tensor var(bool unbiased = true) => Ops.Var.Call(this, unbiased);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Ops.VarDims.Call(As(type), new[] { dim }, unbiased, keepdim);

        public Tensor std(bool unbiased = true) => Ops.Std.Call(this, unbiased);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Ops.StdDims.Call(As(type), new[] { dim }, unbiased, keepdim);

        public Tensor max() => Ops.Max.Call(this);

        public Tensor max(Tensor other) => maximum(other);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Ops.MaxDim.CallPair(this, dim, keepdim);

        public Tensor min() => Ops.Min.Call(this);

        public Tensor min(Tensor other) => minimum(other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Ops.MinDim.CallPair(this, dim, keepdim);

        public Tensor amax(params long[] dims) => Ops.Amax.Call(this, dims);

        public Tensor amin(params long[] dims) => Ops.Amin.Call(this, dims);

        public Tensor argmax() => Ops.Argmax.Call(this);

        public Tensor argmax(long dim, bool keepdim = false) => Ops.Argmax.Call(this, dim, keepdim);

        public Tensor argmin() => Ops.Argmin.Call(this);

        public Tensor argmin(long dim, bool keepdim = false) => Ops.Argmin.Call(this, dim, keepdim);

        public Tensor logsumexp(long dim, bool keepdim = false) => Ops.LogSumExp.Call(this, new[] { dim }, keepdim);

        public Tensor cumsum(long dim, ScalarType? type = null) => Ops.Cumsum.Call(this, dim, type);

        public Tensor norm(float p = 2.0f) => Ops.Norm.Call(this, (double)p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f) => Ops.NormDims.Call(this, (double)p, new long[] { dim }, keepdim);

        public Tensor count_nonzero(long[]? dims = null) => Ops.CountNonzero.Call(this, dims ?? []);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => Ops.Sort.CallPair(this, stable, dim, descending);

        public Tensor argsort(long dim = -1, bool descending = false) => Ops.Argsort.Call(this, dim, descending);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => Ops.TopK.CallPair(this, (long)k, (long)dim, largest, sorted);

        Tensor As(ScalarType? type) => type is { } wanted ? to_type(wanted) : this;
    }
}
