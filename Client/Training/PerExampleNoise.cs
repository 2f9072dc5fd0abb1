using Federated.Privacy.Mechanisms;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Training;

/// <summary>
/// DP-SGD's gradient: each example's gradient within one joint norm over all tensors, their sum disturbed, divided by the batch size. Examples go through the model
/// one at a time, which every method and model allows.
/// </summary>
/// <param name="Clip">Largest norm of one example's gradient, above 0.</param>
/// <param name="Noise">Standard deviation over <paramref name="Clip"/>, above 0.</param>
public sealed record PerExampleNoise(double Clip, double Noise)
{
    /// <summary>Leaves the gradient in the parameters.</summary>
    /// <param name="parameters">What is trained.</param>
    /// <param name="indices">The batch; an index that stands in it twice counts once, so that no record weighs double.</param>
    /// <param name="loss">Loss of one example, a scalar.</param>
    /// <param name="key">Of this step alone.</param>
    /// <returns>Mean loss over the batch.</returns>
    internal double Fill(Parameter[] parameters, int[] indices, Func<int, Tensor> loss, NoiseKey key)
    {
        double[][] sums = [.. parameters.Select(p => new double[p.numel()])];
        var (total, distinct) = (0.0, indices.Distinct().ToList());
        foreach (var index in distinct)
        {
            using var scope = NewDisposeScope();
            var value = loss(index);
            value.backward();
            total += value.item<float>();
            Add(parameters, sums);
        }
        for (var p = 0; p < parameters.Length; p++)
        {
            key.Stream($"{p}", 1).AddTo(sums[p], Noise * Clip);
            using var gradient = tensor([.. sums[p].Select(v => (float)(v / indices.Length))], parameters[p].shape);
            parameters[p].grad = gradient.to(parameters[p].dtype);
        }
        return total / distinct.Count;
    }

    void Add(Parameter[] parameters, double[][] sums)
    {
        float[]?[] gradients = [.. parameters.Select(p => p.grad?.data<float>().ToArray())];
        var norm = Math.Sqrt(gradients.Sum(g => g?.Sum(v => (double)v * v) ?? 0));
        var factor = NormClipping.Factor(norm, Clip);
        for (var p = 0; p < parameters.Length; p++)
        {
            for (var i = 0; i < (gradients[p]?.Length ?? 0); i++)
                sums[p][i] += factor * gradients[p]![i];
            parameters[p].grad = null;
        }
    }
}
