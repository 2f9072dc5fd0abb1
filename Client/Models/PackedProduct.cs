using static TorchSharp.torch;

namespace Federated.Client.Models;

/// <summary>
/// y = x W^T with a packed W, which is widened for the product, and again for the gradient dx = dy W: a graph over it keeps no fp32 copy alive, as libtorch's own
/// product would until the backward pass has come by.
/// </summary>
sealed class PackedProduct : autograd.SingleTensorFunction<PackedProduct>
{
    const string Matrix = "matrix";

    public override string Name => nameof(PackedProduct);

    /// <param name="input">[n, in]</param>
    /// <param name="weight">[out, in]</param>
    /// <returns>[n, out]</returns>
    public static Tensor Of(Tensor input, PackedMatrix weight) => apply(input, weight);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(Matrix, vars[1]);
        using var scope = NewDisposeScope();
        return ((Tensor)vars[0]).mm(((PackedMatrix)vars[1]).Widen().t()).MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        return [grad_output.mm(((PackedMatrix)ctx.get_data(Matrix)!).Widen()).MoveToOuterDisposeScope(), null!];
    }
}
