using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <content>Comparison and logic.</content>
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Ops.Eq.Call(this, target);

        public Tensor eq(Scalar target) => Ops.EqScalar.Call(this, target);

        public Tensor ne(Tensor target) => Ops.Ne.Call(this, target);

        public Tensor ne(Scalar target) => Ops.NeScalar.Call(this, target);

        public Tensor lt(Tensor target) => Ops.Lt.Call(this, target);

        public Tensor lt(Scalar target) => Ops.LtScalar.Call(this, target);

        public Tensor le(Tensor target) => Ops.Le.Call(this, target);

        public Tensor le(Scalar target) => Ops.LeScalar.Call(this, target);

        public Tensor gt(Tensor target) => Ops.Gt.Call(this, target);

        public Tensor gt(Scalar target) => Ops.GtScalar.Call(this, target);

        public Tensor ge(Tensor target) => Ops.Ge.Call(this, target);

        public Tensor ge(Scalar target) => Ops.GeScalar.Call(this, target);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) => Ops.AllClose.Test(this, target, rtol, atol, equal_nan);

        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) => Ops.IsClose.Call(this, other, rtol, atol, nanEqual);

        public Tensor isnan() => Ops.IsNan.Call(this);

        public Tensor isinf() => Ops.IsInf.Call(this);

        public Tensor isfinite() => Ops.IsFinite.Call(this);

        public Tensor logical_and(Tensor other) => Ops.LogicalAnd.Call(this, other);

        public Tensor logical_or(Tensor other) => Ops.LogicalOr.Call(this, other);

        public Tensor logical_xor(Tensor other) => Ops.LogicalXor.Call(this, other);

        public Tensor logical_not() => Ops.LogicalNot.Call(this);

        public Tensor bitwise_and(Tensor other) => Ops.BitwiseAnd.Call(this, other);

        public Tensor bitwise_or(Tensor other) => Ops.BitwiseOr.Call(this, other);

        public Tensor bitwise_xor(Tensor other) => Ops.BitwiseXor.Call(this, other);

        public Tensor bitwise_not() => Ops.BitwiseNot.Call(this);

        public Tensor where(Tensor condition, Tensor y) => Ops.Where.Call(condition, this, y);

        public Tensor any() => Ops.Any.Call(this);

        public Tensor any(long dim, bool keepdim = false) => Ops.AnyDim.Call(this, dim, keepdim);

        public Tensor all() => Ops.All.Call(this);

        public Tensor all(long dim, bool keepdim = false) => Ops.AllDim.Call(this, dim, keepdim);
    }
}
