using TorchSharp.Native;

namespace TorchSharp.Autograd;

/// <summary>Switches the thread's gradient recording until it is disposed.</summary>
sealed class GradMode : IDisposable
{
    readonly bool _before = Shim.ft_grad_enabled();

    public GradMode(bool enabled) => Shim.ft_set_grad_enabled(enabled);

    public void Dispose() => Shim.ft_set_grad_enabled(_before);
}
