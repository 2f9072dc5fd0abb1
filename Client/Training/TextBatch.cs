using System.Runtime.InteropServices;
using Federated.Client.Data.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Federated.Client.Training;

/// <summary>Windows of tokens and what follows each token. Sums count predicted tokens, so that loss / samples is nats a token and its exponential the perplexity.</summary>
sealed class TextBatch : IExampleBatch
{
    const long Ignored = -100;

    readonly TokenDataset _data;
    readonly long[] _inputs, _targets;

    public TextBatch(TokenDataset data, int size)
    {
        (_data, Size) = (data, size);
        _inputs = new long[checked(size * data.Context)];
        _targets = new long[_inputs.Length];
        Inputs = zeros([size, data.Context], ScalarType.Int64).DetachFromDisposeScope();
        Targets = zeros([_targets.Length], ScalarType.Int64).DetachFromDisposeScope();
    }

    public int Size { get; }

    /// <summary>[size, context], int64</summary>
    public Tensor Inputs { get; }

    Tensor Targets { get; }

    public void Fill(ReadOnlySpan<int> indices)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            var at = i * _data.Context;
            _data.Window(indices[i], _inputs.AsSpan(at, _data.Context), _targets.AsSpan(at, _data.Context), Ignored);
        }
        MemoryMarshal.AsBytes<long>(_inputs).CopyTo(Inputs.bytes);
        MemoryMarshal.AsBytes<long>(_targets).CopyTo(Targets.bytes);
    }

    public Tensor Loss(Tensor logits) => nn.functional.cross_entropy(Flat(logits), Targets, ignore_index: Ignored);

    public Tensor Losses(Tensor logits)
    {
        var judged = Targets.ne(Ignored).view(Size, -1).sum(1);
        return nn.functional.cross_entropy(Flat(logits), Targets, ignore_index: Ignored, reduction: nn.Reduction.None).view(Size, -1).sum(1).div(judged);
    }

    public Evaluation Measure(Tensor logits)
    {
        var flat = Flat(logits);
        var correct = flat.argmax(1).eq(Targets).sum().item<long>();
        return new Evaluation(_targets.Count(t => t != Ignored), correct,
            nn.functional.cross_entropy(flat, Targets, ignore_index: Ignored, reduction: nn.Reduction.Sum).item<float>());
    }

    public void Dispose()
    {
        Inputs.Dispose();
        Targets.Dispose();
    }

    static Tensor Flat(Tensor logits) => logits.reshape(-1, logits.shape[^1]);
}
