using static TorchSharp.torch;

namespace Federated.Client.Training;

/// <summary>One batch in tensors that are filled again and again, and what the model's answer to it is worth.</summary>
public interface IExampleBatch : IDisposable
{
    int Size { get; }

    /// <summary>What the model takes.</summary>
    Tensor Inputs { get; }

    /// <param name="indices">As many as <see cref="Size"/>.</param>
    void Fill(ReadOnlySpan<int> indices);

    /// <summary>Mean cross-entropy in nats, a scalar to differentiate; the caller owns it.</summary>
    Tensor Loss(Tensor logits);

    /// <summary>Each example's own mean cross-entropy in nats, [size], to differentiate; the caller owns it.</summary>
    Tensor Losses(Tensor logits);

    /// <summary>The sums that add up over batches and sites.</summary>
    Evaluation Measure(Tensor logits);
}
