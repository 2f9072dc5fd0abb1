using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Federated.Client.Models;

/// <summary>Copies between tensors and spans of fp32, row-major.</summary>
static class TensorValues
{
    public static void Read(Tensor tensor, Span<float> target)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        MemoryMarshal.Cast<byte, float>(tensor.detach().cpu().contiguous().bytes).CopyTo(target);
    }

    public static float[] ToArray(Tensor tensor)
    {
        var values = new float[tensor.numel()];
        Read(tensor, values);
        return values;
    }

    public static void Write(Tensor tensor, ReadOnlySpan<float> values)
    {
        using var frozen = no_grad();
        using var source = TorchSharp.torch.tensor(values.ToArray(), tensor.shape);
        tensor.copy_(source);
    }
}
