using Federated.Privacy.Probes;

namespace Federated.Privacy.Attacks;

/// <summary>
/// The filter: of all tokens at all positions those whose first input lies in, or suspiciously near, the span of block 0's update. The paper filters by what the
/// gradients of a method's tensors allow; its formulas were not at hand, and this is the span test of DAGER on LoRA's right factors.
/// </summary>
public static class TokenExtraction
{
    /// <summary>The rows of a block's tensors together: projections with factors of their own see the same inputs, so their spans add up.</summary>
    public static SpanBasis Basis(IAttackTarget target, IReadOnlyDictionary<string, float[]> update, int block)
    {
        var tensors = target.Rows.Where(r => r.Block == block && update.ContainsKey(r.Name)).ToList();
        if (tensors.Count == 0)
            throw new ArgumentException($"The update has no tensor of block {block} whose rows lie in the span of its inputs.", nameof(update));
        // Each tensor at its own scale: a small one would drown in the tolerance of a large one.
        return SpanBasis.Of(tensors.SelectMany(t => Normalised(update[t.Name])).ToArray(), tensors[0].Width);
    }

    /// <summary>Distances of every token at every position, [positions][vocabulary].</summary>
    public static double[][] Distances(IAttackTarget target, SpanBasis basis, int positions) =>
        [.. Enumerable.Range(0, positions).Select(p => Enumerable.Range(0, target.Vocabulary).Select(v => basis.Distance(target.FirstInput(v, p))).ToArray())];

    /// <summary>
    /// Candidates by position, nearest first: all within <see cref="Separation.ExactThreshold"/>, or, where a position has none, its <paramref name="best"/> nearest.
    /// </summary>
    /// <param name="distances">From <see cref="Distances"/>.</param>
    /// <param name="best">Kept at a position without an exact hit, 0 or more; 0 ends the sequences there.</param>
    public static IReadOnlyList<IReadOnlyList<int>> Candidates(double[][] distances, int best)
    {
        var candidates = new List<IReadOnlyList<int>>();
        foreach (var row in distances)
        {
            var sorted = Enumerable.Range(0, row.Length).OrderBy(v => row[v]).ThenBy(v => v).ToList();
            var exact = sorted.TakeWhile(v => row[v] < Separation.ExactThreshold).ToList();
            var kept = exact.Count > 0 ? exact : sorted[..Math.Min(best, sorted.Count)];
            if (kept.Count == 0)
                break;
            candidates.Add(kept);
        }
        return candidates;
    }

    static IEnumerable<float> Normalised(float[] rows)
    {
        var length = (float)Math.Sqrt(rows.Sum(v => (double)v * v));
        return length == 0 ? rows : rows.Select(v => v / length);
    }
}
