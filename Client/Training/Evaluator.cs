using Federated.Client.Data;
using Federated.Client.Models;
using static TorchSharp.torch;

namespace Federated.Client.Training;

/// <summary>Counts how often the model, with whatever is attached to it, is right.</summary>
public sealed class Evaluator(IFoundationModel model, Normalization normalization)
{
    /// <summary>Evaluates the first images of a data set.</summary>
    /// <param name="data">One image or more.</param>
    /// <param name="batchSize">1 or more; does not change the counts.</param>
    /// <param name="maxSamples">How many images; 0 is all.</param>
    /// <param name="progress">Called with the images done.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public Evaluation Evaluate(ImageDataset data, int batchSize = 256, long maxSamples = 0,
        Action<int>? progress = null, CancellationToken cancellation = default)
    {
        var samples = maxSamples is > 0 && maxSamples < data.Count ? (int)maxSamples : data.Count;
        var total = new Evaluation(0, 0, 0);
        ImageBatch? batch = null;
        try
        {
            for (var from = 0; from < samples; from += batchSize)
            {
                cancellation.ThrowIfCancellationRequested();
                var size = Math.Min(batchSize, samples - from);
                if (batch?.Labels.shape[0] != size)
                {
                    batch?.Dispose();
                    batch = new ImageBatch(data, size, normalization);
                }
                batch.Fill([.. Enumerable.Range(from, size)]);
                total += Count(batch);
                progress?.Invoke(from + size);
            }
        }
        finally
        {
            batch?.Dispose();
        }
        return total;
    }

    Evaluation Count(ImageBatch batch)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var logits = model.Forward(batch.Images);
        var correct = logits.argmax(1).eq(batch.Labels).sum().item<long>();
        var loss = nn.functional.cross_entropy(logits, batch.Labels, reduction: nn.Reduction.Sum).item<float>();
        return new Evaluation(batch.Labels.shape[0], correct, loss);
    }
}
