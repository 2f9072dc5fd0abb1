using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a CPU tensor in row-major order, whatever its strides. It keeps the tensor alive, not its scope.</summary>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    readonly torch.Tensor _tensor;
    readonly nint _first;
    readonly long[] _shape;
    readonly long[] _strides;
    readonly bool _contiguous;

    internal TensorAccessor(torch.Tensor tensor)
    {
        _tensor = tensor;
        _first = tensor.Data();
        _shape = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        Count = tensor.NumberOfElements;
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    /// <summary>By one number per dimension, or by one number in row-major order.</summary>
    public unsafe T this[params long[] indices]
    {
        get => ((T*)_first)[Offset(indices)];
        set => ((T*)_first)[Offset(indices)] = value;
    }

    public T[] ToArray()
    {
        var values = new T[Count];
        CopyTo(values);
        return values;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public unsafe void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var into = array[arrayIndex..];
        var count = (int)Math.Min(Remaining(tensorIndex), into.Length);
        if (_contiguous)
        {
            new ReadOnlySpan<T>((T*)_first + tensorIndex, count).CopyTo(into);
            return;
        }
        for (var i = 0; i < count; i++)
            into[i] = ((T*)_first)[Offset(tensorIndex + i)];
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public unsafe void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var from = array[arrayIndex..];
        var count = (int)Math.Min(Remaining(tensorIndex), from.Length);
        if (_contiguous)
        {
            from[..count].CopyTo(new Span<T>((T*)_first + tensorIndex, count));
            return;
        }
        for (var i = 0; i < count; i++)
            ((T*)_first)[Offset(tensorIndex + i)] = from[i];
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0L; i < Count; i++)
            yield return this[i];
    }

    public void Dispose() => GC.KeepAlive(_tensor);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    long Remaining(long tensorIndex) => tensorIndex >= 0 && (tensorIndex < Count || Count == 0)
        ? Count - tensorIndex
        : throw new ArgumentOutOfRangeException(nameof(tensorIndex), tensorIndex, $"The tensor has {Count} elements.");

    long Offset(long[] indices)
    {
        if (indices.Length == 1 && _shape.Length != 1)
            return Offset(indices[0]);
        if (indices.Length != _shape.Length)
            throw new ArgumentException($"{indices.Length} indices were given for a tensor of dimension {_shape.Length}.", nameof(indices));
        var offset = 0L;
        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= _shape[i])
                throw new IndexOutOfRangeException($"{indices[i]} >= {_shape[i]} in dimension {i}.");
            offset += indices[i] * _strides[i];
        }
        return offset;
    }

    long Offset(long index)
    {
        if (index < 0 || index >= Count)
            throw new IndexOutOfRangeException($"{index} in a tensor of {Count} elements.");
        if (_contiguous)
            return index;
        var offset = 0L;
        for (var i = _shape.Length - 1; i >= 0; i--)
        {
            index = Math.DivRem(index, _shape[i], out var along);
            offset += along * _strides[i];
        }
        return offset;
    }
}
