namespace TorchSharp.Native;

/// <summary>Loops over lists of tensors inside libtorch: one call where an optimiser would make one per parameter.</summary>
static partial class Ops
{
    internal static readonly Operator ForeachMul = new("_foreach_mul_.Scalar(self, scalar)");
    internal static readonly Operator ForeachAddScaled = new("_foreach_add_.List(self, other, alpha)");
    internal static readonly Operator ForeachAddScalar = new("_foreach_add_.Scalar(self, scalar)");
    internal static readonly Operator ForeachSum = new("_foreach_add.List(self, other, alpha)");
    internal static readonly Operator ForeachDiv = new("_foreach_div_.Scalar(self, scalar)");
    internal static readonly Operator ForeachSqrt = new("_foreach_sqrt(self)");
    internal static readonly Operator ForeachNeg = new("_foreach_neg(self)");
    internal static readonly Operator ForeachZero = new("_foreach_zero_(self)");
    internal static readonly Operator ForeachMaximum = new("_foreach_maximum_.List(self, other)");
    internal static readonly Operator ForeachAddcmul = new("_foreach_addcmul_.Scalar(self, tensor1, tensor2, value)");
    internal static readonly Operator ForeachAddcdiv = new("_foreach_addcdiv_.Scalar(self, tensor1, tensor2, value)");
}
