using Federated.Aggregators.Numerics;

namespace Federated.Server.Fleet;

/// <summary>
/// Oort (OSDI 2021, arXiv 2010.06081): prefers clients whose loss says that there is something to learn and that are not slow, explores those
/// it has not seen, and, as our addition, never lets one wait longer than a window. What clients report about themselves is clipped here and
/// rate-limited where it is recorded, so that nobody can talk itself into every round.
/// </summary>
static class OortSelector
{
    const double ClipPercentile = 0.98;
    const double SlowPercentile = 0.5;
    const double SlowExponent = 2;
    const double CutOff = 0.7;
    const double FirstExploration = 0.9;
    const double ExplorationDecay = 0.95;
    const double LeastExploration = 0.2;

    /// <param name="candidates">In ordinal order of their ids.</param>
    /// <param name="count">How many; everybody where there are not more.</param>
    /// <param name="draw">The run's seed, round and attempt.</param>
    /// <param name="fairnessWindow">Rounds after which a client comes first; 0 is never.</param>
    /// <returns>In ordinal order.</returns>
    public static IReadOnlyList<string> Pick(IReadOnlyList<Candidate> candidates, int count, CohortDraw draw, int fairnessWindow)
    {
        if (count >= candidates.Count)
            return [.. candidates.Select(c => c.Client)];
        var random = new DrawnNumbers(draw);
        var chosen = Waiting(candidates, count, draw.Round, fairnessWindow);
        var rest = candidates.Where(c => !chosen.Contains(c.Client)).ToList();
        var unseen = rest.Where(c => c.LastRound == 0).ToList();
        var known = rest.Where(c => c.LastRound > 0).ToList();
        var free = count - chosen.Count;
        var explore = Math.Max(free - known.Count, Math.Min(unseen.Count, (int)Math.Round(free * Exploration(draw.Round))));
        chosen.UnionWith(random.Sample([.. unseen.Select(c => (c.Client, Speed(c, unseen)))], explore));
        chosen.UnionWith(random.Sample(Promising(known, count - chosen.Count, draw.Round), count - chosen.Count));
        return [.. chosen.Order(StringComparer.Ordinal)];
    }

    /// <summary>The share of a round that goes to clients not seen yet.</summary>
    public static double Exploration(int round) => Math.Max(LeastExploration, FirstExploration * Math.Pow(ExplorationDecay, round - 1));

    // Longest waiting first; a client that was never asked waits since before the first round.
    static HashSet<string> Waiting(IReadOnlyList<Candidate> candidates, int count, int round, int window) => window == 0 ? new(StringComparer.Ordinal)
        : candidates.Where(c => round - c.LastRound > window).OrderBy(c => c.LastRound).ThenBy(c => c.Client, StringComparer.Ordinal)
            .Take(count).Select(c => c.Client).ToHashSet(StringComparer.Ordinal);

    /// <summary>All whose score is at least a share of the last one that would get in, with their scores.</summary>
    static List<(string, double)> Promising(List<Candidate> known, int count, int round)
    {
        if (count <= 0 || known.Count == 0)
            return [];
        var scores = Scores(known, round);
        var last = scores.Select(s => s.Score).OrderDescending().ElementAt(Math.Min(count, known.Count) - 1);
        return [.. scores.Where(s => s.Score >= CutOff * last)];
    }

    static List<(string Client, double Score)> Scores(List<Candidate> known, int round)
    {
        var clip = Percentile(known.Select(c => c.Utility), ClipPercentile);
        var least = 0.999 * known.Min(c => Math.Min(c.Utility, clip));
        var range = Math.Max(clip - least, 1e-12);
        var slow = Percentile(known.Where(c => c.Milliseconds > 0).Select(c => c.Milliseconds), SlowPercentile);
        return [.. known.Select(c => (c.Client, ((Math.Min(c.Utility, clip) - least) / range + Math.Sqrt(0.1 * Math.Log(Math.Max(1, round)) / c.LastRound)) * Penalty(c, slow)))];
    }

    static double Penalty(Candidate c, double slow) => slow > 0 && c.Milliseconds > slow ? Math.Pow(slow / c.Milliseconds, SlowExponent) : 1;

    // An unseen client's own word about its speed counts, but not beyond four times the average.
    static double Speed(Candidate c, List<Candidate> unseen)
    {
        var said = unseen.Where(u => u.Milliseconds > 0).Select(u => 1 / u.Milliseconds).DefaultIfEmpty(1).Average();
        return c.Milliseconds > 0 ? Math.Clamp(1 / c.Milliseconds, said / 4, said * 4) : said;
    }

    static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];
    }
}

/// <summary>What is known of a client that could be asked.</summary>
/// <param name="Client">Its id.</param>
/// <param name="LastRound">When it was last asked; 0: never.</param>
/// <param name="Utility">Samples times loss, clipped and rate-limited; 0 where unknown.</param>
/// <param name="Milliseconds">Predicted from its history, or from its own word; 0 where unknown.</param>
sealed record Candidate(string Client, int LastRound, double Utility, double Milliseconds);

/// <summary>Names one draw of a cohort.</summary>
readonly record struct CohortDraw(ulong Seed, int Round, int Attempt);

/// <summary>The random numbers of one draw: Philox, so that the same fleet and seed give the same cohort.</summary>
sealed class DrawnNumbers(CohortDraw draw)
{
    readonly Philox _random = new(draw.Seed, (uint)draw.Round | (ulong)draw.Attempt << 32);
    ulong _drawn;

    /// <summary>Without replacement, in proportion to the weights (Efraimidis and Spirakis 2006).</summary>
    public IEnumerable<string> Sample(List<(string Client, double Weight)> weighted, int count) =>
        weighted.Select(w => (w.Client, Key: Math.Log(Unit()) / Math.Max(w.Weight, 1e-9))).ToList()
            .OrderByDescending(k => k.Key).ThenBy(k => k.Client, StringComparer.Ordinal).Take(Math.Max(0, count)).Select(k => k.Client);

    // In (0, 1), never 0.
    double Unit() => (_random.Block(_drawn++).A + 0.5) / 4294967296.0;
}
