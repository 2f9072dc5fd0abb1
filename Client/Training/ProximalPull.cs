using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Training;

/// <summary>FedProx (Li et al., arXiv 1812.06127): mu/2 ||theta - start||^2 beside the loss, as its gradient mu (theta - start).</summary>
sealed class ProximalPull : IDisposable
{
    readonly Parameter[] _parameters;
    readonly Tensor[] _starts;
    readonly double _mu;

    /// <summary>Remembers where the parameters are now.</summary>
    public ProximalPull(Parameter[] parameters, double mu)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        (_parameters, _mu) = (parameters, mu);
        _starts = [.. parameters.Select(p => p.detach().clone().DetachFromDisposeScope())];
    }

    public void AddToGradients()
    {
        using var frozen = no_grad();
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (_parameters[i].grad is not { } gradient)
                continue;
            using var distance = _parameters[i].sub(_starts[i]);
            gradient.add_(distance, _mu);
        }
    }

    public void Dispose()
    {
        foreach (var start in _starts)
            start.Dispose();
    }
}
