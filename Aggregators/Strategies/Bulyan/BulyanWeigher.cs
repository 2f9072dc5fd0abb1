using Federated.Aggregators.Strategies.Krum;

namespace Federated.Aggregators.Strategies.Bulyan;

/// <summary>Picks n - 2f clients, each time the one with Krum's lowest score among those left (lower client id first on a tie).</summary>
/// <param name="f">Bad updates to withstand.</param>
sealed class BulyanWeigher(int f) : IWeigher
{
    public void Weigh(RoundMeasure round, double[,] weights)
    {
        var n = round.Contributions.Count;
        if (n < 4 * f + 3)
            throw new FoldRefusedException($"Bulyan with 'f' = {f} needs at least {4 * f + 3} updates; there are {n}.");
        var distances = new KrumDistances(round.UpdateGram());
        List<int> left = [.. Enumerable.Range(0, n)];
        for (var picked = 0; picked < n - 2 * f; picked++)
        {
            var best = left.MinBy(i => (distances.Score(i, left, Math.Max(1, left.Count - f - 2)), i));
            left.Remove(best);
            for (var g = 0; g < weights.GetLength(1); g++)
                weights[best, g] = 1;
        }
    }
}
