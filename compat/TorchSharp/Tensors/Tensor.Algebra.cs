using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <content>Products of matrices.</content>
    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => Ops.Matmul.Call(this, target);

        public Tensor mm(Tensor target) => Ops.Mm.Call(this, target);

        public Tensor bmm(Tensor batch2) => Ops.Bmm.Call(this, batch2);

        public Tensor mv(Tensor target) => Ops.Mv.Call(this, target);

        public Tensor dot(Tensor target) => Ops.Dot.Call(this, target);

        public Tensor outer(Tensor vec2) => Ops.Outer.Call(this, vec2);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Ops.Addmm.Call(this, mat1, mat2, (double)beta, (double)alpha);

        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Ops.Baddbmm.Call(this, batch1, batch2, (double)beta, (double)alpha);

        public Tensor cholesky(bool upper = false) => Ops.CholeskyUpper.Call(this, upper);

        public Tensor inverse() => Ops.Inv.Call(this);

        public Tensor det() => Ops.Det.Call(this);

        public Tensor trace() => Ops.Trace.Call(this);
    }
}
