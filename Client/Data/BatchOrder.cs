namespace Federated.Client.Data;

/// <summary>
/// The order in which training visits a data set: passes over it, each a fresh permutation, cut into batches. A pure
/// function of the key and the step, so a round that is repeated after a crash sees the same batches.
/// </summary>
public sealed class BatchOrder
{
    readonly ulong _key;
    readonly int[] _permutation;
    long _pass = -1;

    public BatchOrder(int count, int batchSize, ulong key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        BatchSize = batchSize;
        _key = key;
        _permutation = new int[count];
    }

    public int BatchSize { get; }

    /// <summary>Key of one client's work in one round of one run.</summary>
    public static ulong RoundKey(ulong seed, string run, int round, string client) =>
        CounterRandom.Key("federated.batch.v1", $"{seed}", run, $"{round}", client);

    /// <summary>Writes the indices of batch <paramref name="step"/>; batches straddle the end of a pass.</summary>
    public void Fill(long step, Span<int> indices)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            var position = step * BatchSize + i;
            Permute(position / _permutation.Length);
            indices[i] = _permutation[position % _permutation.Length];
        }
    }

    void Permute(long pass)
    {
        if (pass == _pass)
            return;
        for (var i = 0; i < _permutation.Length; i++)
            _permutation[i] = i;
        new CounterRandom(_key, (ulong)pass).Shuffle(_permutation.AsSpan());
        _pass = pass;
    }
}
