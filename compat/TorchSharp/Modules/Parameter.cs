using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A tensor that a module trains. It takes the tensor it is made from over: that object is empty afterwards.</summary>
public class Parameter : Tensor
{
    public Parameter(Tensor data, bool requires_grad = true)
        : base(Take(data, requires_grad, out var scope), false)
    {
        if (scope is null)
            return;
        scope.MarkAsDisposed(data);
        scope.Adopt(this);
    }

    static nint Take(Tensor data, bool requires_grad, out DisposeScope? scope)
    {
        scope = data.OwningDisposeScope;
        return data.with_requires_grad(requires_grad).MoveHandle();
    }
}
