using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Peft.Importance;

/// <summary>
/// How much each product group matters, gathered while it trains: AdaLoRA's sensitivity times uncertainty (Zhang et al., arXiv 2303.10512, Eq. 8-10), summed over
/// the group's rank. Per element I = |w g|, its mean I' and its deviation U' are smoothed over steps, s = I' U'; a component's score is the mean of s over its
/// row of A plus the mean over its column of B. FedPipe names the ingredients; that they are these formulas is our reading.
/// </summary>
public sealed class ImportanceScores(AttachedAdapter adapter) : IDisposable
{
    const double Smoothing = 0.85;

    readonly List<(string Group, Tracked Left, Tracked Right)> _groups = [.. adapter.Groups.Where(g => g.Group.Group.Product is not null).Select(Track)];

    /// <summary>Takes the gradients of a step in; called after backward, before the optimiser.</summary>
    public void AfterBackward()
    {
        using var frozen = no_grad();
        foreach (var (_, left, right) in _groups)
        {
            left.Update();
            right.Update();
        }
    }

    /// <summary>A score per product group, 0 or more; 0 before the first step.</summary>
    public IReadOnlyDictionary<string, double> Read()
    {
        using var frozen = no_grad();
        return _groups.ToDictionary(g => g.Group, g => g.Left.ComponentSum(0) + g.Right.ComponentSum(1), StringComparer.Ordinal);
    }

    public void Dispose()
    {
        foreach (var (_, left, right) in _groups)
        {
            left.Dispose();
            right.Dispose();
        }
    }

    static (string, Tracked, Tracked) Track(IGroupAttachment attachment)
    {
        var form = attachment.Group.Group.Product!;
        return (attachment.Group.Group.Name, new Tracked(GroupTensors.WithRole(attachment, form.Left)!), new Tracked(GroupTensors.WithRole(attachment, form.Right)!));
    }

    sealed class Tracked(Parameter parameter) : IDisposable
    {
        readonly Tensor _mean = zeros(parameter.shape).DetachFromDisposeScope(), _deviation = zeros(parameter.shape).DetachFromDisposeScope();

        public void Update()
        {
            using var scope = NewDisposeScope();
            if (parameter.grad is not { } gradient)
                return;
            var sensitivity = parameter.mul(gradient).abs();
            _mean.mul_(Smoothing).add_(sensitivity.mul(1 - Smoothing));
            _deviation.mul_(Smoothing).add_(sensitivity.sub(_mean).abs().mul(1 - Smoothing));
        }

        /// <summary>Sum over components of the mean over the other axis: B is [m, r], A is [r, n].</summary>
        public double ComponentSum(long otherAxis)
        {
            using var scope = NewDisposeScope();
            return _mean.mul(_deviation).mean([otherAxis]).sum().item<float>();
        }

        public void Dispose()
        {
            _mean.Dispose();
            _deviation.Dispose();
        }
    }
}
