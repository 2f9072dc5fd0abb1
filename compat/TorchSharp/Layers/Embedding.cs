using TorchSharp.Native;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>One row of the weight [num_embeddings, embedding_dims] per index.</summary>
public sealed class Embedding : nn.Module<Tensor, Tensor>
{
    readonly long _paddingIndex;
    readonly bool _scaleByFrequency;
    readonly bool _sparse;

    [ComponentName(Name = nameof(weight))]
    Parameter? _weight;

    internal Embedding(Parameter weight, long? padding_idx, bool scale_grad_by_freq, bool sparse)
        : base(nameof(Embedding))
    {
        var rows = weight.shape[0];
        if (padding_idx < -rows || padding_idx >= rows)
            throw new ArgumentException($"padding_idx {padding_idx} is not a row of an embedding of {rows} rows.", nameof(padding_idx));
        _paddingIndex = padding_idx < 0 ? padding_idx.Value + rows : padding_idx ?? -1;
        _scaleByFrequency = scale_grad_by_freq;
        _sparse = sparse;
        this.weight = weight;
    }

    public Parameter? weight
    {
        get => _weight;
        set => Assign(nameof(weight), ref _weight, value ?? throw new ArgumentNullException(nameof(value)));
    }

    public override Tensor forward(Tensor input) => Ops.Embedding.Call(_weight, input, _paddingIndex, _scaleByFrequency, _sparse);

    internal Embedding WithoutPadding()
    {
        if (_paddingIndex < 0)
            return this;
        using (no_grad())
        using (var row = _weight!.select(0, _paddingIndex))
            row.zero_();
        return this;
    }
}
