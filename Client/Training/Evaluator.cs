using Federated.Client.Models;
using static TorchSharp.torch;

namespace Federated.Client.Training;

/// <summary>Counts how often the model, with whatever is attached to it, is right.</summary>
public sealed class Evaluator(IFoundationModel model)
{
    /// <summary>Evaluates the first examples of a data set.</summary>
    /// <param name="data">One example or more.</param>
    /// <param name="batchSize">1 or more; does not change the counts.</param>
    /// <param name="maxSamples">How many examples; 0 is all.</param>
    /// <param name="progress">Called with the examples done.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public Evaluation Evaluate(IExamples data, int batchSize = 256, long maxSamples = 0,
        Action<int>? progress = null, CancellationToken cancellation = default)
    {
        var samples = maxSamples is > 0 && maxSamples < data.Count ? (int)maxSamples : data.Count;
        var total = new Evaluation(0, 0, 0);
        IExampleBatch? batch = null;
        try
        {
            for (var from = 0; from < samples; from += batchSize)
            {
                cancellation.ThrowIfCancellationRequested();
                var size = Math.Min(batchSize, samples - from);
                if (batch?.Size != size)
                {
                    batch?.Dispose();
                    batch = data.CreateBatch(size);
                }
                batch.Fill([.. Enumerable.Range(from, size)]);
                total += Measure(batch);
                progress?.Invoke(from + size);
            }
        }
        finally
        {
            batch?.Dispose();
        }
        return total;
    }

    Evaluation Measure(IExampleBatch batch)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        return batch.Measure(model.Forward(batch.Inputs));
    }
}
