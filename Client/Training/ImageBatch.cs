using System.Runtime.InteropServices;
using Federated.Client.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Federated.Client.Training;

/// <summary>One batch of images and labels in tensors that are filled again and again.</summary>
sealed class ImageBatch : IDisposable
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
        Images = zeros(size, 1, data.Shape.Rows, data.Shape.Columns).DetachFromDisposeScope();
        Labels = zeros([size], ScalarType.Int64).DetachFromDisposeScope();
    }

    /// <summary>[size, 1, rows, columns], fp32</summary>
    public Tensor Images { get; }

    /// <summary>[size], int64</summary>
    public Tensor Labels { get; }

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
        MemoryMarshal.AsBytes<float>(_pixels).CopyTo(Images.bytes);
        MemoryMarshal.AsBytes<long>(_labels).CopyTo(Labels.bytes);
    }

    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }
}
