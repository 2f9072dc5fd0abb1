using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <content>Elements chosen by index tensors and masks.</content>
    public partial class Tensor
    {
        public Tensor index_select(long dim, Tensor index) => Ops.IndexSelect.Call(this, dim, index);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Ops.IndexAdd.Call(this, dim, index, source, alpha);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            Ops.IndexAddInPlace.Run(this, dim, index, source, alpha);
            return this;
        }

        public Tensor gather(long dim, Tensor index) => Ops.Gather.Call(this, dim, index);

        public Tensor scatter(long dim, Tensor index, Tensor src) => Ops.Scatter.Call(this, dim, index, src);

        public Tensor scatter_(long dim, Tensor index, Tensor src)
        {
            Ops.ScatterInPlace.Run(this, dim, index, src);
            return this;
        }

        public Tensor scatter_add_(long dim, Tensor index, Tensor src)
        {
            Ops.ScatterAddInPlace.Run(this, dim, index, src);
            return this;
        }

        public Tensor masked_fill(Tensor mask, Scalar value) => Ops.MaskedFill.Call(this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value)
        {
            Ops.MaskedFillInPlace.Run(this, mask, value);
            return this;
        }

        public Tensor masked_select(Tensor mask) => Ops.MaskedSelect.Call(this, mask);

        public Tensor nonzero() => Ops.Nonzero.Call(this);
    }
}
