namespace Federated.Server.Fleet;

/// <summary>Uniform selection without replacement from the run's own random stream.</summary>
static class CohortSelector
{
    /// <param name="eligible">In ordinal order, so that the same fleet gives the same cohort.</param>
    /// <param name="count">How many; everybody where there are not more.</param>
    /// <param name="seed">The run's.</param>
    /// <param name="round">Selects the stream, with <paramref name="attempt"/>.</param>
    /// <param name="attempt">Another attempt draws another cohort.</param>
    /// <returns>In ordinal order.</returns>
    public static IReadOnlyList<string> Pick(IReadOnlyList<string> eligible, int count, ulong seed, int round, int attempt)
    {
        if (count >= eligible.Count)
            return eligible;
        var random = new Philox(seed, (uint)round, (uint)attempt);
        var pool = eligible.ToArray();
        for (var i = 0; i < count; i++)
        {
            var j = i + random.Below(pool.Length - i);
            (pool[i], pool[j]) = (pool[j], pool[i]);
        }
        var chosen = pool[..count];
        Array.Sort(chosen, StringComparer.Ordinal);
        return chosen;
    }
}
