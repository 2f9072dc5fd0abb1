namespace Federated.Aggregators.Strategies.Krum;

/// <summary>A client's score is the sum of its n - f - 2 smallest squared distances; the lowest scores are kept (lower client id first on a tie).</summary>
/// <param name="f">Bad updates to withstand.</param>
/// <param name="keep">How many to keep: 1 is Krum, more is Multi-Krum, 0 stands for n - f.</param>
sealed class KrumWeigher(int f, int keep) : IWeigher
{
    public void Weigh(RoundMeasure round, double[,] weights)
    {
        var n = round.Contributions.Count;
        if (n < 2 * f + 3 || keep > n - f)
            throw new FoldRefusedException($"Krum with 'f' = {f} and 'keep' = {keep} needs at least {Math.Max(2 * f + 3, keep + f)} updates; there are {n}.");
        var distances = new KrumDistances(round.UpdateGram());
        int[] all = [.. Enumerable.Range(0, n)];
        double[] scores = [.. all.Select(i => distances.Score(i, all, n - f - 2))];
        foreach (var k in all.OrderBy(k => scores[k]).ThenBy(k => k).Take(keep == 0 ? n - f : keep))
        {
            for (var g = 0; g < weights.GetLength(1); g++)
                weights[k, g] = 1;
        }
    }
}
