namespace Federated.Privacy.Probes;

/// <summary>
/// Controls that look like members: for each member another item of about the same frequency. Common words lie closer to any update than rare ones, so a
/// control group of rare words would find leaks that are none.
/// </summary>
public static class FrequencyMatch
{
    /// <summary>Picks controls.</summary>
    /// <param name="members">Items that were trained on; duplicates ask for a control each.</param>
    /// <param name="candidates">Items to pick from, those of <paramref name="members"/> left out.</param>
    /// <param name="frequency">How often an item occurs in the site's data at large.</param>
    /// <param name="each">Controls for a member, 1 or more.</param>
    /// <param name="seed">Which of equally near ones are taken.</param>
    /// <returns>Distinct, at most <paramref name="each"/> a member; fewer where there are no more candidates.</returns>
    public static IReadOnlyList<int> Pick(IReadOnlyList<int> members, IEnumerable<int> candidates, Func<int, long> frequency, int each, int seed)
    {
        var excluded = members.ToHashSet();
        var random = new Random(seed);
        var free = candidates.Where(c => !excluded.Contains(c)).Distinct().Select(c => (Item: c, Frequency: frequency(c), Order: random.Next()))
            .OrderBy(c => c.Frequency).ThenBy(c => c.Order).ThenBy(c => c.Item).ToList();
        var picked = new List<int>();
        foreach (var member in members.OrderByDescending(frequency).ThenBy(m => m))
        {
            for (var i = 0; i < each && free.Count > 0; i++)
            {
                var at = Nearest(free, frequency(member));
                picked.Add(free[at].Item);
                free.RemoveAt(at);
            }
        }
        return picked;
    }

    static int Nearest(List<(int Item, long Frequency, int Order)> sorted, long wanted)
    {
        var (low, high) = (0, sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle].Frequency < wanted ? (middle + 1, high) : (low, middle);
        }
        if (low == sorted.Count)
            return low - 1;
        return low > 0 && wanted - sorted[low - 1].Frequency <= sorted[low].Frequency - wanted ? low - 1 : low;
    }
}
