using Federated.Privacy.Mechanisms;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Training;

/// <summary>DP-SGD's gradient: each example's gradient within one joint norm over all tensors, their sum disturbed, divided by the batch size.</summary>
/// <param name="Clip">Largest norm of one example's gradient, above 0.</param>
/// <param name="Noise">Standard deviation over <paramref name="Clip"/>, above 0.</param>
public sealed record PerExampleNoise(double Clip, double Noise)
{
    /// <summary>Leaves the gradient in the parameters.</summary>
    /// <param name="parameters">What is trained.</param>
    /// <param name="gradients">Of the batch's examples, each once, so that no record weighs double.</param>
    /// <param name="batchSize">What the sum is divided by, whoever stands in the batch twice.</param>
    /// <param name="key">Of this step alone.</param>
    /// <returns>Mean loss over the examples.</returns>
    internal double Fill(Parameter[] parameters, IEnumerable<ExampleGradient> gradients, int batchSize, NoiseKey key)
    {
        double[][] sums = [.. parameters.Select(p => new double[p.numel()])];
        var (total, count) = (0.0, 0);
        foreach (var gradient in gradients)
        {
            (total, count) = (total + gradient.Loss, count + 1);
            Add(gradient.Values, sums);
        }
        for (var p = 0; p < parameters.Length; p++)
        {
            key.Stream($"{p}", 1).AddTo(sums[p], Noise * Clip);
            using var gradient = tensor([.. sums[p].Select(v => (float)(v / batchSize))], parameters[p].shape);
            parameters[p].grad = gradient.to(parameters[p].dtype);
        }
        return total / count;
    }

    void Add(float[]?[] gradient, double[][] sums)
    {
        var norm = Math.Sqrt(gradient.Sum(g => g?.Sum(v => (double)v * v) ?? 0));
        var factor = NormClipping.Factor(norm, Clip);
        for (var p = 0; p < sums.Length; p++)
        {
            for (var i = 0; i < (gradient[p]?.Length ?? 0); i++)
                sums[p][i] += factor * gradient[p]![i];
        }
    }
}
