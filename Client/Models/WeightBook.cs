using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Models;

/// <summary>
/// Makes a model's tensors and remembers them under their checkpoint names, in order. Fused tensors are one leaf and
/// several names, each a view of the leaf, so that training, merging and saving all see the same memory.
/// </summary>
sealed class WeightBook(IWeightSource source, int bits = BasePrecision.Full) : IDisposable
{
    readonly List<(string Name, Tensor Value)> _named = [];
    readonly List<Parameter> _leaves = [];
    readonly List<Tensor> _views = [];

    public IReadOnlyList<(string Name, Tensor Value)> Named => _named;

    public IReadOnlyList<Parameter> Leaves => _leaves;

    /// <summary>Whether matrices are held in fewer bits than fp32, and so are no leaves.</summary>
    public bool Packs => bits < BasePrecision.Full;

    /// <summary>A matrix in the book's bits; the fp32 values are gone once it is packed.</summary>
    /// <param name="name">As in the checkpoint.</param>
    /// <param name="transposed">Whether the checkpoint stores [in, out].</param>
    /// <param name="stored">Rows and columns as stored.</param>
    public PackedMatrix AddPacked(string name, bool transposed, params long[] stored) => new(source.Read(name, stored), stored, bits, transposed);

    public Parameter Add(string name, params long[] shape)
    {
        var leaf = Leaf(source.Read(name, shape), shape);
        _named.Add((name, leaf));
        return leaf;
    }

    /// <summary>A leaf [rows, columns] under its name, and its transposed view.</summary>
    public (Parameter Leaf, Tensor View) AddTransposed(string name, long rows, long columns)
    {
        var leaf = Add(name, rows, columns);
        using (no_grad())
        {
            var view = leaf.t().DetachFromDisposeScope();
            _views.Add(view);
            return (leaf, view);
        }
    }

    /// <summary>One leaf that holds the named tensors, all of one shape, one below the other.</summary>
    public (Parameter Leaf, Tensor[] Parts) AddFused(IReadOnlyList<string> names, params long[] shape)
    {
        var values = names.SelectMany(n => source.Read(n, shape)).ToArray();
        var leaf = Leaf(values, [names.Count * shape[0], .. shape[1..]]);
        using (no_grad())
        {
            Tensor[] parts = [.. names.Select((_, i) => leaf.narrow(0, i * shape[0], shape[0]).DetachFromDisposeScope())];
            for (var i = 0; i < parts.Length; i++)
                _named.Add((names[i], parts[i]));
            return (leaf, parts);
        }
    }

    public void Dispose()
    {
        foreach (var view in _views)
            view.Dispose();
        foreach (var (_, value) in _named)
            value.Dispose();
        foreach (var leaf in _leaves)
            leaf.Dispose();
    }

    Parameter Leaf(float[] values, long[] shape)
    {
        var leaf = new Parameter(tensor(values, shape), requires_grad: false);
        leaf.DetachFromDisposeScope();
        _leaves.Add(leaf);
        return leaf;
    }
}
