using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <content>Other shapes of the same values, and their pieces.</content>
    public partial class Tensor
    {
        public Tensor T => Ops.NumpyT.Call(this);

        public Tensor mT => Ops.Mt.Call(this);

        public Tensor view(params long[] shape) => Ops.View.Call(this, shape);

        public Tensor view_as(Tensor other) => view(other.shape);

        public Tensor reshape(params long[] shape) => Ops.Reshape.Call(this, shape);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Ops.Flatten.Call(this, start_dim, end_dim);

        public Tensor unflatten(long dim, params long[] sizes) => Ops.Unflatten.Call(this, dim, sizes);

        public Tensor permute(params long[] permutation) => Ops.Permute.Call(this, permutation);

        public Tensor transpose(long dim0, long dim1) => Ops.Transpose.Call(this, dim0, dim1);

        public Tensor t() => Ops.T.Call(this);

        public Tensor squeeze(long? dim = null) => dim is { } d ? Ops.SqueezeDim.Call(this, d) : Ops.Squeeze.Call(this);

        public Tensor unsqueeze(long dim) => Ops.Unsqueeze.Call(this, dim);

        public Tensor expand(long[] sizes, bool isImplicit = false) => Ops.Expand.Call(this, sizes, isImplicit);

        public Tensor expand(params long[] sizes) => Ops.Expand.Call(this, sizes);

        public Tensor expand_as(Tensor other) => expand(other.shape);

        public Tensor repeat(params long[] sizes) => Ops.Repeat.Call(this, sizes);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) => Ops.RepeatInterleave.Call(this, repeats, dim, output_size);

        public Tensor contiguous() => Ops.Contiguous.Call(this);

        public Tensor clone() => Ops.Clone.Call(this);

        public Tensor alias() => Ops.Alias.Call(this);

        public Tensor narrow(long dim, long start, long length) => Ops.Narrow.Call(this, dim, start, length);

        public Tensor select(long dim, long index) => Ops.Select.Call(this, dim, index);

        public Tensor slice(long dim, long start, long finish, long step) => Ops.Slice.Call(this, dim, start, finish, step);

        public Tensor[] chunk(long chunks, long dim = 0) => Ops.Chunk.CallAll(this, chunks, dim);

        public Tensor[] split(long size, int dim = 0) => Ops.Split.CallAll(this, size, (long)dim);

        public Tensor[] split(long[] sizes, long dim = 0) => Ops.SplitSizes.CallAll(this, sizes, dim);

        public Tensor[] unbind(long dimension = 0) => Ops.Unbind.CallAll(this, dimension);

        public Tensor flip(params long[] dims) => Ops.Flip.Call(this, dims);

        public Tensor roll(long shifts, long? dims = null) => Ops.Roll.Call(this, new[] { shifts }, dims is { } d ? new[] { d } : Array.Empty<long>());

        public Tensor roll(long[] shifts, long[] dims) => Ops.Roll.Call(this, shifts, dims);

        public Tensor tril(long diagonal = 0) => Ops.Tril.Call(this, diagonal);

        public Tensor triu(long diagonal = 0) => Ops.Triu.Call(this, diagonal);

        public Tensor diag(long diagonal = 0) => Ops.Diag.Call(this, diagonal);

        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => Ops.Diagonal.Call(this, offset, dim1, dim2);

        public Tensor unfold(long dimension, long size, long step) => Ops.Unfold.Call(this, dimension, size, step);
    }
}
