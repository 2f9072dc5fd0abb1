using System.Runtime.CompilerServices;
using TorchSharp.Indexing;
using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <content>Indexing, as in Python.</content>
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => index(From(indices));
            set => index_put_(value, From(indices));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, TensorIndex.Single(i1));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(i1, i2);
            set => index_put_(value, i1, i2);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            using var selection = new Selection(this, indices);
            return selection.Read();
        }

        public Tensor index(params Tensor[] indices) => Ops.Index.Call(this, Argument.OfOptional(indices));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            using var selection = new Selection(this, indices);
            selection.Write(value, accumulate);
            return this;
        }

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var number = full(Array.Empty<long>(), value, dtype, device);
            return index_put_(number, indices, false);
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor), false);

        static TensorIndex[] From(long[] indices) => Array.ConvertAll(indices, i => TensorIndex.Single(i));
    }
}
