using static TorchSharp.torch;

namespace TorchSharp.Tests.Autograd;

public sealed class GradientTests : IDisposable
{
    readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void NoGrad_Nested_RestoresWhatWasBefore()
    {
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            using (enable_grad())
                Assert.True(is_grad_enabled());
            Assert.False(is_grad_enabled());
            using (set_grad_enabled(true))
                Assert.True(is_grad_enabled());
            Assert.False((ones(1).requires_grad_() * 2).requires_grad);
        }
        Assert.True((ones(1).requires_grad_() * 2).requires_grad);
    }

    [Fact]
    public void Function_OwnBackward_IsTheGradientThroughTheWholeGraph()
    {
        var x = tensor([1.0, 2.0, 3.0]).requires_grad_();
        Scaled.apply(x * x, 3.0).sum().backward();
        Assert.Equal([6.0, 12.0, 18.0], x.grad!.data<double>().ToArray());
        Assert.False(Scaled.apply(ones(2), 3.0).requires_grad);
        using (no_grad())
            Assert.False(Scaled.apply(x, 3.0).requires_grad);
    }

    [Fact]
    public void Function_BackwardThatThrows_IsTheInnerException()
    {
        var y = Scaled.apply(ones(2).requires_grad_(), double.NaN);
        Assert.IsType<ArithmeticException>(Assert.ThrowsAny<Exception>(() => y.sum().backward()).InnerException);
    }

    sealed class Scaled : autograd.SingleTensorFunction<Scaled>
    {
        public override string Name => nameof(Scaled);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("factor", vars[1]);
            return ((Tensor)vars[0]).mul((double)vars[1]);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var factor = (double)ctx.get_data("factor")!;
            return double.IsNaN(factor) ? throw new ArithmeticException("no factor") : [grad_output.mul(factor), null!];
        }
    }

    [Fact]
    public void Grad_CreateGraph_GivesSecondDerivatives()
    {
        var x = tensor(3.0).requires_grad_();
        var first = autograd.grad([x.pow(3)], [x], create_graph: true)[0];
        var second = autograd.grad([first], [x])[0];
        Assert.Equal((27, 18), (first.ToDouble(), second.ToDouble()));
    }

    [Fact]
    public void Grad_AllowUnused_IsNullThere()
    {
        var (x, y) = (ones(1).requires_grad_(), ones(1).requires_grad_());
        var grads = autograd.grad([x * 2], [x, y], allow_unused: true);
        Assert.Equal(2, grads[0].ToSingle());
        Assert.Null(grads[1]);
    }

    [Fact]
    public void Backward_Twice_Accumulates()
    {
        var x = ones(2).requires_grad_();
        var y = (x * 3).sum();
        y.backward(retain_graph: true);
        y.backward();
        Assert.Equal([6, 6], x.grad!.data<float>().ToArray());
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void Backward_WithGradientAndInputs_TouchesOnlyThose()
    {
        var (x, y) = (ones(2).requires_grad_(), ones(2).requires_grad_());
        (x * y * 2).backward([tensor(new[] { 1f, 10f })], inputs: [x]);
        Assert.Equal([2, 20], x.grad!.data<float>().ToArray());
        Assert.Null(y.grad);
    }

    [Fact]
    public void RetainGrad_Intermediate_KeepsItsGradient()
    {
        var x = ones(1).requires_grad_();
        var middle = x * 2;
        middle.retain_grad();
        (middle * 5).backward();
        Assert.Equal(5, middle.grad!.ToSingle());
        Assert.False(middle.is_leaf);
    }

    [Fact]
    public void Detach_Result_SharesValuesNotGradients()
    {
        var x = ones(2).requires_grad_();
        var detached = x.detach();
        Assert.False(detached.requires_grad);
        detached.add_(1);
        Assert.Equal([2, 2], x.detach().data<float>().ToArray());
    }

    /// <summary>Per-example gradients without vmap: expand the factor to a batch leaf and use bmm.</summary>
    [Fact]
    public void Bmm_ExpandedLeaf_GivesPerExampleGradients()
    {
        // fp64: two orders of the same fp32 sum may differ by more than allclose's 1e-5 where terms cancel.
        var weight = randn([3, 4], dtype: float64);
        var inputs = randn([5, 1, 4], dtype: float64);
        var leaf = weight.expand(5, 3, 4).clone().requires_grad_();
        inputs.bmm(leaf.transpose(1, 2)).square().sum().backward();
        for (var i = 0; i < 5; i++)
        {
            var single = weight.clone().requires_grad_();
            inputs[i].mm(single.t()).square().sum().backward();
            Assert.True(leaf.grad![i].allclose(single.grad!));
        }
    }
}
