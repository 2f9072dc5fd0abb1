using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Tensors;

public sealed class ErrorTests : IDisposable
{
    readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Operator_WrongShapes_CarriesLibtorchsMessageWithoutABacktrace()
    {
        var error = Assert.Throws<ExternalException>(() => ones(2, 3).matmul(ones(2, 3)));
        Assert.Equal("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", error.Message);
        Assert.Contains("must match the size of tensor b (4)", Assert.Throws<ExternalException>(() => ones(3) + ones(4)).Message, StringComparison.Ordinal);
        Assert.Throws<ExternalException>(() => ones(3).add_(ones(4)));
        Assert.Throws<ExternalException>(() => ones(3).split(-1));
        Assert.Throws<ExternalException>(() => linalg.cholesky(-eye(2)));
        Assert.Throws<ExternalException>(() => nn.functional.cross_entropy(zeros(1, 3), tensor(new[] { 7L })));
    }

    [Fact]
    public void Operator_AfterAnError_WorksAgain()
    {
        Assert.Throws<ExternalException>(() => ones(2).view(3));
        Assert.Equal([3, 2], ones(2, 3).view(3, 2).shape);
    }

    [Fact]
    public void Backward_WithoutGraph_CarriesLibtorchsMessage()
    {
        Assert.Contains("does not require grad", Assert.Throws<ExternalException>(() => ones(1).backward()).Message, StringComparison.Ordinal);
        Assert.Contains("floating point", Assert.Throws<ExternalException>(() => arange(3).requires_grad_()).Message, StringComparison.Ordinal);
        Assert.Contains("different size", Assert.Throws<ExternalException>(() => ones(2).requires_grad_().grad = ones(3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DisposedTensor_Used_IsRefused()
    {
        var tensor = ones(1);
        tensor.Dispose();
        tensor.Dispose();
        Assert.Throws<InvalidOperationException>(() => tensor + 1);
        Assert.Throws<InvalidOperationException>(() => ones(1) + tensor);
        Assert.Throws<InvalidOperationException>(() => cat([ones(1), tensor]));
        Assert.Throws<InvalidOperationException>(() => tensor.shape);
    }

    [Fact]
    public void Index_TooMany_IsRefused() => Assert.Throws<ArgumentException>(() => ones(2)[0, 0]);

    [Fact]
    public void Device_UnknownOrAbsent_IsRefused()
    {
        Assert.Contains("CUDA", Assert.Throws<ArgumentException>(() => device("abacus")).Message, StringComparison.Ordinal);
        if (!cuda.is_available())
            Assert.Throws<NotSupportedException>(() => nn.Linear(1, 1).to(CUDA));
        Assert.Equal("cuda:1", device("cuda:1").ToString());
    }

    [Fact]
    public void Optimizer_WrongSettings_AreRefused()
    {
        TorchSharp.Modules.Parameter[] parameters = [ones(1).AsParameter()];
        Assert.Throws<ArgumentException>(() => optim.AdamW(parameters, lr: -1));
        Assert.Throws<ArgumentException>(() => optim.Adam(parameters, beta1: 1));
        Assert.Throws<ArgumentException>(() => optim.SGD(parameters, 0.1, nesterov: true));
        Assert.Throws<ArgumentException>(() => optim.SGD([.. parameters, .. parameters], 0.1));
    }
}
