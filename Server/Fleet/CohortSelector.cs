using Federated.Aggregators.Numerics;

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
        var random = new Philox(seed, (uint)round | (ulong)attempt << 32);
        var drawn = 0UL;
        var pool = eligible.ToArray();
        for (var i = 0; i < count; i++)
        {
            var j = i + Below(random, ref drawn, pool.Length - i);
            (pool[i], pool[j]) = (pool[j], pool[i]);
        }
        var chosen = pool[..count];
        Array.Sort(chosen, StringComparer.Ordinal);
        return chosen;
    }

    /// <summary>Uniform in [0, bound), without bias.</summary>
    static int Below(Philox random, ref ulong drawn, int bound)
    {
        // Values below 2^32 mod bound would make small results more likely.
        var threshold = (uint)((1UL << 32) % (uint)bound);
        uint draw;
        do
        {
            draw = random.Block(drawn++).A;
        }
        while (draw < threshold);
        return (int)(draw % (uint)bound);
    }
}
