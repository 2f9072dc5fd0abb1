using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <content>Functions of each element.</content>
    public partial class Tensor
    {
        public Tensor neg() => Ops.Neg.Call(this);

        public Tensor neg_() => InPlace(Ops.NegInPlace);

        public Tensor abs() => Ops.Abs.Call(this);

        public Tensor abs_() => InPlace(Ops.AbsInPlace);

        public Tensor sign() => Ops.Sign.Call(this);

        public Tensor exp() => Ops.Exp.Call(this);

        public Tensor exp_() => InPlace(Ops.ExpInPlace);

        public Tensor expm1() => Ops.Expm1.Call(this);

        public Tensor log() => Ops.Log.Call(this);

        public Tensor log1p() => Ops.Log1p.Call(this);

        public Tensor log2() => Ops.Log2.Call(this);

        public Tensor log10() => Ops.Log10.Call(this);

        public Tensor sqrt() => Ops.Sqrt.Call(this);

        public Tensor sqrt_() => InPlace(Ops.SqrtInPlace);

        public Tensor rsqrt() => Ops.Rsqrt.Call(this);

        public Tensor square() => Ops.Square.Call(this);

        public Tensor sin() => Ops.Sin.Call(this);

        public Tensor cos() => Ops.Cos.Call(this);

        public Tensor erf() => Ops.Erf.Call(this);

        public Tensor floor() => Ops.Floor.Call(this);

        public Tensor ceil() => Ops.Ceil.Call(this);

        public Tensor round(long decimals = 0) => Ops.Round.Call(this, decimals);

        public Tensor trunc() => Ops.Trunc.Call(this);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Ops.Clamp.Call(this, min, max);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Ops.ClampTensor.Call(this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null)
        {
            Ops.ClampInPlace.Run(this, min, max);
            return this;
        }

        public Tensor maximum(Tensor other) => Ops.Maximum.Call(this, other);

        public Tensor minimum(Tensor other) => Ops.Minimum.Call(this, other);

        public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) => Ops.NanToNum.Call(this, nan, posinf, neginf);

        public Tensor relu() => Ops.Relu.Call(this);

        public Tensor relu_() => InPlace(Ops.ReluInPlace);

        public Tensor gelu() => Ops.Gelu.Call(this);

        public Tensor silu() => Ops.Silu.Call(this);

        public Tensor sigmoid() => Ops.Sigmoid.Call(this);

        public Tensor sigmoid_() => InPlace(Ops.SigmoidInPlace);

        public Tensor tanh() => Ops.Tanh.Call(this);

        public Tensor tanh_() => InPlace(Ops.TanhInPlace);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Ops.Softmax.Call(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Ops.LogSoftmax.Call(this, dim, dtype);

        Tensor InPlace(Operator op)
        {
            op.Run(this);
            return this;
        }
    }
}
