using Federated.Client.Faults;

namespace Federated.Client.Data;

/// <summary>Chooses a site's images: a range of the file, or a label-skewed draw without replacement from a range.</summary>
public static class SplitSelector
{
    /// <returns>Indices into the file, ascending.</returns>
    /// <exception cref="ClientFault">F511: the range leaves the file or is empty.</exception>
    public static int[] Select(byte[] labels, IndexRange range, LabelSkew? skew, ulong seed)
    {
        var available = labels.Length - range.From;
        var count = range.Count == 0 ? available : range.Count;
        var pool = range.Pool == 0 ? count : range.Pool;
        if (range.From < 0 || count < 1 || pool < count || pool > available)
            throw ClientFaults.DataSplit(
                $"Indices from {range.From}, count {range.Count}, pool {range.Pool} do not fit a file of {labels.Length} images.");
        return skew is null && pool == count
            ? [.. Enumerable.Range(range.From, count)]
            : Draw(labels.AsSpan(range.From, pool), range.From, count, skew, new CounterRandom(CounterRandom.Key("federated.split.v1", $"{seed}")));
    }

    static int[] Draw(ReadOnlySpan<byte> labels, int from, int count, LabelSkew? skew, CounterRandom random)
    {
        var byLabel = ByLabel(labels, ref random);
        var pool = (double)labels.Length;
        var proportions = skew?.Proportions(byLabel.Length, ref random) ?? [.. byLabel.Select(q => q.Count / pool)];
        var chosen = new int[count];
        for (var i = 0; i < count; i++)
            chosen[i] = from + byLabel[PickLabel(byLabel, proportions, random.NextDouble())].Dequeue();
        Array.Sort(chosen);
        return chosen;
    }

    static Queue<int>[] ByLabel(ReadOnlySpan<byte> labels, ref CounterRandom random)
    {
        var order = new int[labels.Length];
        var last = 0;
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            last = Math.Max(last, labels[i]);
        }
        random.Shuffle(order.AsSpan());
        var queues = new Queue<int>[last + 1];
        for (var label = 0; label <= last; label++)
            queues[label] = new Queue<int>();
        foreach (var i in order)
            queues[labels[i]].Enqueue(i);
        return queues;
    }

    /// <summary>Labels that have run out leave the draw; the others keep their relative shares.</summary>
    static int PickLabel(Queue<int>[] byLabel, double[] proportions, double uniform)
    {
        var total = 0.0;
        for (var label = 0; label < byLabel.Length; label++)
            total += byLabel[label].Count > 0 ? proportions[label] : 0;
        var target = uniform * total;
        var chosen = -1;
        for (var label = 0; label < byLabel.Length; label++)
        {
            if (byLabel[label].Count == 0 || (proportions[label] == 0 && total > 0))
                continue;
            chosen = label;
            target -= total > 0 ? proportions[label] : 0;
            if (target < 0)
                break;
        }
        return chosen;
    }
}
