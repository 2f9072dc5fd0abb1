using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The update that Adam and AdamW share, for parameters that have taken the same number of steps.</summary>
sealed class Moments<TState>(long step, Tensor[] parameters, Tensor[] gradients, TState[] states)
{
    /// <summary>m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p -= lr / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps).</summary>
    public void Update(double lr, double beta1, double beta2, double eps, Func<TState, (Tensor First, Tensor Second, Tensor? Largest)> of)
    {
        var first = Array.ConvertAll(states, state => of(state).First);
        var second = Array.ConvertAll(states, state => of(state).Second);
        Ops.ForeachMul.Run(first, (Scalar)beta1);
        Ops.ForeachAddScaled.Run(first, gradients, (Scalar)(1 - beta1));
        Ops.ForeachMul.Run(second, (Scalar)beta2);
        Ops.ForeachAddcmul.Run(second, gradients, gradients, (Scalar)(1 - beta2));
        if (of(states[0]).Largest is not null)
        {
            var largest = Array.ConvertAll(states, state => of(state).Largest!);
            Ops.ForeachMaximum.Run(largest, second);
            second = largest;
        }
        var denominator = Ops.ForeachSqrt.CallAll(second);
        Ops.ForeachDiv.Run(denominator, (Scalar)Math.Sqrt(1 - Math.Pow(beta2, step)));
        Ops.ForeachAddScalar.Run(denominator, (Scalar)eps);
        Ops.ForeachAddcdiv.Run(parameters, first, denominator, (Scalar)(-lr / (1 - Math.Pow(beta1, step))));
    }
}

static class Moments
{
    public static IEnumerable<Moments<TState>> ByStep<TState>(Tensor[] parameters, Tensor[] gradients, TState[] states, Func<TState, long> count)
    {
        var steps = Array.ConvertAll(states, state => count(state));
        if (Array.TrueForAll(steps, step => step == steps[0]))
            return [new(steps[0], parameters, gradients, states)];
        return Enumerable.Range(0, steps.Length).GroupBy(i => steps[i])
            .Select(same => new Moments<TState>(same.Key, [.. same.Select(i => parameters[i])], [.. same.Select(i => gradients[i])], [.. same.Select(i => states[i])]));
    }

    public static void Validate(double lr, double beta1, double beta2, double eps, double weight_decay)
    {
        if (lr < 0)
            throw new ArgumentException($"Invalid learning rate: {lr}");
        if (eps < 0)
            throw new ArgumentException($"Invalid eps: {eps}");
        if (beta1 is < 0 or >= 1)
            throw new ArgumentException($"Invalid beta1: {beta1}");
        if (beta2 is < 0 or >= 1)
            throw new ArgumentException($"Invalid beta2: {beta2}");
        if (weight_decay < 0)
            throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
    }
}
