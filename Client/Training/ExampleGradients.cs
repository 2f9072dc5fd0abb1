using Federated.Client.Models;
using Federated.Client.Peft;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Training;

/// <summary>
/// The gradient of each example of a batch: by one backward pass where the adapter can give every example tensors of its own (architecture's hard point 5; no
/// vmap is needed), otherwise by one pass for each.
/// </summary>
sealed class ExampleGradients : IDisposable
{
    /// <summary>Largest number of scalars that are copied for a batch: 256 MiB, and as much again for their gradients.</summary>
    const long MostScalars = 1L << 26;

    readonly IFoundationModel _model;
    readonly AttachedAdapter? _adapter;
    readonly Parameter[] _parameters;
    readonly IExampleBatch _batch;

    /// <param name="model">What computes.</param>
    /// <param name="adapter">Attached to the model; null where the base itself is trained.</param>
    /// <param name="parameters">What is trained, in the order of <see cref="AttachedAdapter.ParameterGroups"/>.</param>
    /// <param name="data">Where examples come from.</param>
    /// <param name="batchSize">Examples of a batch.</param>
    public ExampleGradients(IFoundationModel model, AttachedAdapter? adapter, Parameter[] parameters, IExamples data, int batchSize)
    {
        (_model, _parameters) = (model, parameters);
        _adapter = adapter is { CanSpread: true } && batchSize * parameters.Sum(p => p.numel()) <= MostScalars ? adapter : null;
        _batch = data.CreateBatch(_adapter is null ? 1 : batchSize);
    }

    /// <summary>Whether a batch takes one pass.</summary>
    public bool AreTogether => _adapter is not null;

    /// <summary>Loss and gradient of every example, an index that stands in the batch twice once only.</summary>
    /// <param name="indices">As many as the batch size.</param>
    /// <returns>In the order of first appearance; a gradient's arrays are in the order of the parameters, null where none reached one.</returns>
    public IEnumerable<ExampleGradient> Of(int[] indices) => _adapter is null ? indices.Distinct().Select(Alone) : Together(_adapter, indices);

    ExampleGradient Alone(int index)
    {
        using var scope = NewDisposeScope();
        _batch.Fill([index]);
        var loss = _batch.Losses(_model.Forward(_batch.Inputs)).sum();
        loss.backward();
        var gradient = new ExampleGradient(loss.item<float>(), [.. _parameters.Select(p => p.grad is { } g ? TensorValues.ToArray(g) : null)]);
        foreach (var parameter in _parameters)
            parameter.grad = null;
        return gradient;
    }

    List<ExampleGradient> Together(AttachedAdapter adapter, int[] indices)
    {
        using var scope = NewDisposeScope();
        _batch.Fill(indices);
        var copies = adapter.Spread(indices.Length);
        try
        {
            var losses = _batch.Losses(_model.Forward(_batch.Inputs));
            // No example's loss depends on another's copies, so the gradient of the sum is each one's own.
            losses.sum().backward();
            float[]?[] all = [.. copies.Select(c => c.grad is { } g ? TensorValues.ToArray(g) : null)];
            var values = TensorValues.ToArray(losses);
            return [.. Enumerable.Range(0, indices.Length).Where(i => Array.IndexOf(indices, indices[i]) == i)
                .Select(i => new ExampleGradient(values[i], [.. all.Select(a => Row(a, i, indices.Length))]))];
        }
        finally
        {
            adapter.Gather();
            foreach (var copy in copies)
                copy.grad = null;
        }
    }

    static float[]? Row(float[]? all, int index, int count) => all?.AsSpan(index * (all.Length / count), all.Length / count).ToArray();

    public void Dispose() => _batch.Dispose();
}

/// <summary>One example's.</summary>
/// <param name="Loss">Mean over what of it is predicted, in nats.</param>
/// <param name="Values">By parameter; null is zero.</param>
readonly record struct ExampleGradient(double Loss, float[]?[] Values);
