using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <content>Autograd.</content>
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => Shim.ft_requires_grad(Handle);
            set => Shim.Check(Shim.ft_set_requires_grad(Handle, value));
        }

        public bool is_leaf => Shim.ft_is_leaf(Handle);

        /// <summary>The accumulated gradient, or null. Each read is a new reference, which its scope or the reader disposes.</summary>
        public Tensor? grad
        {
            get => Shim.ft_grad(Handle) is var g and not 0 ? new Tensor(g) : null;
            set => Shim.Check(Shim.ft_set_grad(Handle, value?.Handle ?? 0));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad() => Shim.Check(Shim.ft_retain_grad(Handle));

        public Tensor detach() => Ops.Detach.Call(this);

        public Tensor detach_() => InPlace(Ops.DetachInPlace);

        public void backward() => autograd.backward(this);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward(this, grad_tensors, retain_graph, create_graph, inputs);
    }
}
