namespace Federated.Server.Planning;

/// <summary>
/// The importance of every matrix from what clients scored: each client's scores are brought to sum 1 and clipped, so that no client rules by scale or by
/// one matrix, and their sample-weighted mean is taken. The scores come from private gradients; clipping bounds what one of them can say.
/// </summary>
public static class ImportanceMerge
{
    /// <summary>A matrix counts at most this many times a client's mean score.</summary>
    const double ClipFactor = 4;

    /// <summary>By group; sums to 1 unless every score is 0.</summary>
    /// <param name="scores">Per client: samples, and scores by group; negative and non-finite ones count as 0.</param>
    public static IReadOnlyDictionary<string, double> Merge(IEnumerable<(string Client, double Samples, IReadOnlyDictionary<string, double> Scores)> scores)
    {
        var merged = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (_, samples, own) in scores.OrderBy(s => s.Client, StringComparer.Ordinal))
        {
            foreach (var (group, score) in Normalise(own))
                merged[group] = merged.GetValueOrDefault(group) + Math.Max(0, samples) * score;
        }
        var total = merged.Values.Sum();
        return merged.ToDictionary(m => m.Key, m => total > 0 ? m.Value / total : 0, StringComparer.Ordinal);
    }

    static IEnumerable<KeyValuePair<string, double>> Normalise(IReadOnlyDictionary<string, double> scores)
    {
        var finite = scores.Select(s => KeyValuePair.Create(s.Key, double.IsFinite(s.Value) ? Math.Max(0, s.Value) : 0)).OrderBy(s => s.Key, StringComparer.Ordinal).ToList();
        var limit = ClipFactor * finite.Sum(s => s.Value) / Math.Max(1, finite.Count);
        var clipped = finite.ConvertAll(s => KeyValuePair.Create(s.Key, Math.Min(s.Value, limit)));
        var sum = clipped.Sum(s => s.Value);
        return clipped.Select(s => KeyValuePair.Create(s.Key, sum > 0 ? s.Value / sum : 0));
    }
}
