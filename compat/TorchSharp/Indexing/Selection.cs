using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.Indexing;

/// <summary>An index expression applied to a tensor: a view for its numbers and slices, and the index tensors that remain.</summary>
sealed class Selection : IDisposable
{
    readonly Tensor _source;
    readonly List<Tensor?> _indices = [];
    readonly List<Tensor> _made = [];
    long _dim;

    public Selection(Tensor source, ReadOnlySpan<TensorIndex> indices)
    {
        _source = View = source;
        var used = 0L;
        foreach (var index in indices)
            used += Consumes(index);
        if (used > source.Dimensions)
            throw new ArgumentException($"Too many indices for a tensor of dimension {source.Dimensions}: {used} were given.");
        foreach (var index in indices)
            Apply(index, source.Dimensions - used);
    }

    public Tensor View { get; private set; }

    /// <summary>The selected elements as a tensor of their own.</summary>
    public Tensor Read()
    {
        if (_indices.Count > 0)
            return Ops.Index.Call(View, Argument.OfOptional([.. _indices]));
        return View == (object)_source ? _source.alias() : Keep();
    }

    public void Write(Tensor value, bool accumulate)
    {
        if (_indices.Count > 0)
            Ops.IndexPut.Run(View, Argument.OfOptional([.. _indices]), value, accumulate);
        else if (accumulate)
            View.add_(value);
        else
            View.copy_(value);
    }

    public void Dispose()
    {
        foreach (var tensor in _made)
            tensor.Dispose();
    }

    void Apply(TensorIndex index, long rest)
    {
        switch (index.Kind)
        {
            case TensorIndex.Form.Single:
                Next(Ops.Select.Call(View, _dim, index.Start ?? 0));
                return;
            case TensorIndex.Form.Slice:
                if (index.Start is not null || index.Stop is not null || index.Step is not null)
                    Next(Ops.Slice.Call(View, _dim, index.Start, index.Stop, index.Step ?? 1));
                _dim++;
                return;
            case TensorIndex.Form.Ellipsis:
                _dim += rest;
                return;
            case TensorIndex.Form.None:
                Next(View.unsqueeze(_dim++));
                return;
            case TensorIndex.Form.Bool:
                Next(View.unsqueeze(_dim));
                AddIndices(Made(torch.tensor(new[] { index.Start != 0 })));
                return;
            default:
                AddIndices(index.Indices!);
                return;
        }
    }

    void AddIndices(Tensor indices)
    {
        while (_indices.Count < _dim)
            _indices.Add(null);
        _indices.Add(indices);
        _dim += indices.dtype is ScalarType.Bool or ScalarType.Byte ? Math.Max(1, indices.Dimensions) : 1;
        while (_indices.Count < _dim && indices.dtype is not (ScalarType.Bool or ScalarType.Byte))
            _indices.Add(null);
    }

    void Next(Tensor view) => View = Made(view);

    Tensor Made(Tensor tensor)
    {
        _made.Add(tensor);
        return tensor;
    }

    Tensor Keep()
    {
        _made.Remove(View);
        return View;
    }

    static long Consumes(TensorIndex index) => index.Kind switch
    {
        TensorIndex.Form.Single or TensorIndex.Form.Slice => 1,
        TensorIndex.Form.Tensor when index.Indices!.dtype is ScalarType.Bool or ScalarType.Byte => Math.Max(1, index.Indices.Dimensions),
        TensorIndex.Form.Tensor => 1,
        _ => 0,
    };
}
