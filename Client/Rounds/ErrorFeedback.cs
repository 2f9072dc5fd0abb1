using System.Numerics.Tensors;
using Federated.Aggregators.Adapters;
using Federated.Formats.Safetensors;

namespace Federated.Client.Rounds;

/// <summary>
/// What a coarse encoding leaves out of one update is added to the next, so that nothing is lost for ever, only late: error feedback (Karimireddy et al.,
/// arXiv 1901.09847, algorithm 2). e' = u - decode(encode(u)) with u = delta + e; the residual e is one safetensors file whose only tensor bears the name of
/// the gauge in which it has a meaning.
/// </summary>
static class ErrorFeedback
{
    public static bool Uses(TensorEncoding? encoding) => encoding is TensorEncoding.I8Block or TensorEncoding.NF4 or TensorEncoding.TopK;

    /// <summary>delta += e, unless plan or gauge have changed since e was left out.</summary>
    /// <param name="residual">As <see cref="LeftOut"/> made it; null where there is none.</param>
    /// <param name="gauge">Of the assignment.</param>
    /// <param name="delta">Changed in place.</param>
    public static void Add(byte[]? residual, string gauge, AdapterTensors delta)
    {
        if (residual is null || gauge.Length == 0 || Read(residual, gauge) is not { } left || left.Length != delta.Values.Length)
            return;
        foreach (var tensor in delta.Layout.Tensors.Where(t => t.Trained))
            TensorPrimitives.Add(delta[tensor], left.AsSpan((int)tensor.ElementOffset, tensor.Elements), delta[tensor]);
    }

    /// <summary>The residual of an encoded update.</summary>
    /// <param name="gauge">Of the assignment; empty leaves nothing for the next update.</param>
    /// <param name="encoding">How it is encoded.</param>
    /// <param name="sum">delta + e.</param>
    /// <param name="encoded">Its trained tensors, in layout order.</param>
    public static byte[]? LeftOut(string gauge, TensorEncoding encoding, AdapterTensors sum, IReadOnlyList<ReadOnlyMemory<byte>> encoded)
    {
        if (gauge.Length == 0)
            return null;
        var left = new AdapterTensors(sum.Layout);
        foreach (var (tensor, bytes) in sum.Layout.Tensors.Where(t => t.Trained).Zip(encoded))
        {
            DeltaCodec.Decode(encoding, bytes.Span, tensor.Elements, 0, left[tensor]);
            TensorPrimitives.Subtract(sum[tensor], left[tensor], left[tensor]);
        }
        using var file = new MemoryStream();
        SafetensorsWriter.Write(file, [TensorContent.Singles(gauge, [left.Values.Length], left.Values)]);
        return file.ToArray();
    }

    // A damaged file costs one correction; the update itself is whole without it.
    static float[]? Read(byte[] residual, string gauge)
    {
        try
        {
            using var file = new SafetensorsFile(new MemorySpanSource(residual), "residual");
            return file.Find(gauge) is { } tensor ? file.ReadSingles(tensor) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
