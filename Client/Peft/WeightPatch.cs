using static TorchSharp.torch;

namespace Federated.Client.Peft;

/// <summary>Changes to weights of the base that can be taken back bit for bit.</summary>
sealed class WeightPatch
{
    readonly List<(Tensor Target, Tensor Saved)> _saved = [];

    /// <summary>target += delta; disposes of the delta.</summary>
    public void Add(Tensor target, Tensor delta)
    {
        using var frozen = no_grad();
        if (!_saved.Any(s => ReferenceEquals(s.Target, target)))
            _saved.Add((target, target.clone().DetachFromDisposeScope()));
        target.add_(delta);
        delta.Dispose();
    }

    /// <summary>Restores every weight from the copy made before its first change.</summary>
    public void Undo()
    {
        using var frozen = no_grad();
        foreach (var (target, saved) in _saved)
        {
            target.copy_(saved);
            saved.Dispose();
        }
        _saved.Clear();
    }
}
