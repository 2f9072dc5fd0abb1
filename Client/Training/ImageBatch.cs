using System.Runtime.InteropServices;
using Federated.Client.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Federated.Client.Training;

/// <summary>One batch of images and labels in tensors that are filled again and again.</summary>
sealed class ImageBatch : IExampleBatch
{
    readonly ImageDataset _data;
    readonly float[] _levels;
    readonly float[] _pixels;
    readonly long[] _labels;

    public ImageBatch(ImageDataset data, int size, Normalization normalization)
    {
        _data = data;
        _levels = normalization.Table();
        _pixels = new float[checked(size * data.Shape.Size)];
        _labels = new long[size];
        Inputs = zeros(size, 1, data.Shape.Rows, data.Shape.Columns).DetachFromDisposeScope();
        Labels = zeros([size], ScalarType.Int64).DetachFromDisposeScope();
    }

    /// <summary>[size, 1, rows, columns], fp32</summary>
    public Tensor Inputs { get; }

    public int Size => _labels.Length;

    /// <summary>[size], int64</summary>
    Tensor Labels { get; }

    public void Fill(ReadOnlySpan<int> indices)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            var image = _data.Image(indices[i]);
            var target = _pixels.AsSpan(i * image.Length, image.Length);
            for (var p = 0; p < image.Length; p++)
                target[p] = _levels[image[p]];
            _labels[i] = _data.Labels[indices[i]];
        }
        MemoryMarshal.AsBytes<float>(_pixels).CopyTo(Inputs.bytes);
        MemoryMarshal.AsBytes<long>(_labels).CopyTo(Labels.bytes);
    }

    public Tensor Loss(Tensor logits) => nn.functional.cross_entropy(logits, Labels);

    public Tensor Losses(Tensor logits) => nn.functional.cross_entropy(logits, Labels, reduction: nn.Reduction.None);

    public Evaluation Measure(Tensor logits)
    {
        var correct = logits.argmax(1).eq(Labels).sum().item<long>();
        return new Evaluation(Size, correct, nn.functional.cross_entropy(logits, Labels, reduction: nn.Reduction.Sum).item<float>());
    }

    public void Dispose()
    {
        Inputs.Dispose();
        Labels.Dispose();
    }
}
