namespace Federated.Aggregators.Numerics;

/// <summary>
/// Arrays for pieces of work that follow one another and mostly have the same sizes: what one piece took, the next one uses again. Only the arrays of the last piece are
/// kept, so that memory follows one piece. For one thread at a time.
/// </summary>
/// <typeparam name="T">The elements.</typeparam>
public sealed class SpareArrays<T> where T : unmanaged
{
    readonly List<T[]> _taken = [];
    Dictionary<int, Stack<T[]>> _spare = [];

    /// <summary>An array of exactly this length and of undefined content, the caller's until <see cref="TakeBack"/>.</summary>
    public T[] Take(int length)
    {
        var array = _spare.TryGetValue(length, out var spare) && spare.TryPop(out var again) ? again : GC.AllocateUninitializedArray<T>(length);
        _taken.Add(array);
        return array;
    }

    /// <summary>The piece of work is over; nobody looks at what it took any more.</summary>
    public void TakeBack()
    {
        _spare = _taken.GroupBy(a => a.Length).ToDictionary(same => same.Key, same => new Stack<T[]>(same));
        _taken.Clear();
    }
}
