namespace TorchSharp;

public static partial class torch
{
    /// <summary>One place of an index expression, as Python's `t[...]` has them.</summary>
    public readonly struct TensorIndex
    {
        public static readonly TensorIndex Colon = Slice();
        public static readonly TensorIndex Ellipsis = new(Form.Ellipsis);
        public static readonly TensorIndex None = new(Form.None);
        public static readonly TensorIndex Null = new(Form.None);

        internal enum Form
        {
            None,
            Single,
            Slice,
            Ellipsis,
            Bool,
            Tensor,
        }

        TensorIndex(Form kind, long? start = null, long? stop = null, long? step = null, Tensor? tensor = null)
        {
            Kind = kind;
            Start = start;
            Stop = stop;
            Step = step;
            Indices = tensor;
        }

        internal Form Kind { get; }
        internal long? Start { get; }
        internal long? Stop { get; }
        internal long? Step { get; }
        internal Tensor? Indices { get; }

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);
        public static implicit operator TensorIndex(System.Range range) => Slice(range);
        public static implicit operator TensorIndex(System.Index index) => Single(At(index));

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Form.Slice, start, stop, step);

        public static TensorIndex Slice((int? start, int? end) range) => Slice((long?)range.start, range.end);

        public static TensorIndex Slice(System.Range range) => Slice(At(range.Start), range.End is { IsFromEnd: true, Value: 0 } ? null : At(range.End));

        public static TensorIndex Bool(bool value) => new(Form.Bool, value ? 1 : 0);

        public static TensorIndex Single(long? index) => new(Form.Single, index);

        public static TensorIndex Tensor(Tensor tensor) => new(Form.Tensor, tensor: tensor);

        static long At(System.Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }
}
