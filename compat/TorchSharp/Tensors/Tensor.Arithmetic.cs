using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <content>Arithmetic with tensors and numbers.</content>
    public partial class Tensor
    {
        public Tensor add(Tensor target) => Ops.Add.Call(this, target);

        public Tensor add(Tensor target, Scalar alpha) => Ops.Add.Call(this, target, alpha);

        public Tensor add(Scalar scalar) => Ops.AddScalar.Call(this, scalar);

        public Tensor add(Scalar scalar, Scalar alpha) => Ops.AddScalar.Call(this, scalar, alpha);

        public Tensor add_(Tensor target)
        {
            Ops.AddInPlace.Run(this, target);
            return this;
        }

        public Tensor add_(Tensor target, Scalar alpha)
        {
            Ops.AddInPlace.Run(this, target, alpha);
            return this;
        }

        public Tensor add_(Scalar scalar)
        {
            Ops.AddScalarInPlace.Run(this, scalar);
            return this;
        }

        public Tensor add_(Scalar scalar, Scalar alpha)
        {
            Ops.AddScalarInPlace.Run(this, scalar, alpha);
            return this;
        }

        public Tensor sub(Tensor target) => Ops.Sub.Call(this, target);

        public Tensor sub(Scalar target) => Ops.SubScalar.Call(this, target);

        public Tensor sub_(Tensor target)
        {
            Ops.SubInPlace.Run(this, target);
            return this;
        }

        public Tensor sub_(Scalar target)
        {
            Ops.SubScalarInPlace.Run(this, target);
            return this;
        }

        public Tensor mul(Tensor target) => Ops.Mul.Call(this, target);

        public Tensor mul(Scalar target) => Ops.MulScalar.Call(this, target);

        public Tensor mul_(Tensor target)
        {
            Ops.MulInPlace.Run(this, target);
            return this;
        }

        public Tensor mul_(Scalar target)
        {
            Ops.MulScalarInPlace.Run(this, target);
            return this;
        }

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Ops.Div.Call(this, target, Name(rounding_mode));

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Ops.DivScalar.Call(this, target, Name(rounding_mode));

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
        {
            Ops.DivInPlace.Run(this, target, Name(rounding_mode));
            return this;
        }

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            Ops.DivScalarInPlace.Run(this, target, Name(rounding_mode));
            return this;
        }

        public Tensor remainder(Tensor target) => Ops.Remainder.Call(this, target);

        public Tensor remainder(Scalar scalar) => Ops.RemainderScalar.Call(this, scalar);

        public Tensor reciprocal() => Ops.Reciprocal.Call(this);

        public Tensor pow(Tensor exponent) => Ops.Pow.Call(this, exponent);

        public Tensor pow(Scalar exponent) => Ops.PowScalar.Call(this, exponent);

        public Tensor pow_(Scalar exponent)
        {
            Ops.PowScalarInPlace.Run(this, exponent);
            return this;
        }

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.Addcmul.Call(this, tensor1, tensor2, value);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            Ops.AddcmulInPlace.Run(this, tensor1, tensor2, value);
            return this;
        }

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.Addcdiv.Call(this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            Ops.AddcdivInPlace.Run(this, tensor1, tensor2, value);
            return this;
        }

        public Tensor lerp(Tensor end, Tensor weight) => Ops.Lerp.Call(this, end, weight);

        public Tensor lerp_(Tensor end, Tensor weight)
        {
            Ops.LerpInPlace.Run(this, end, weight);
            return this;
        }

        static string? Name(RoundingMode mode) => mode == RoundingMode.None ? null : mode.ToString();
    }
}
