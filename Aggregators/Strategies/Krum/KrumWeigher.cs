namespace Federated.Aggregators.Strategies.Krum;

/// <summary>A client's score is the sum of its n - f - 2 smallest squared distances; the lowest scores are kept (lower client id first on a tie).</summary>
/// <param name="f">Bad updates to withstand.</param>
/// <param name="keep">How many to keep: 1 is Krum, more is Multi-Krum.</param>
sealed class KrumWeigher(int f, int keep) : IWeigher
{
    public void Weigh(RoundMeasure round, double[,] weights)
    {
        var n = round.Contributions.Count;
        if (n < 2 * f + 3 || keep > n - f)
            throw new FoldRefusedException($"Krum with 'f' = {f} and 'keep' = {keep} needs at least {Math.Max(2 * f + 3, keep + f)} updates; there are {n}.");
        var gram = round.UpdateGram();
        double[] scores = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Where(j => j != i)
            .Select(j => Math.Max(0, gram[i, i] + gram[j, j] - 2 * gram[i, j])).Order().Take(n - f - 2).Sum())];
        foreach (var k in Enumerable.Range(0, n).OrderBy(k => scores[k]).ThenBy(k => k).Take(keep))
        {
            for (var g = 0; g < weights.GetLength(1); g++)
                weights[k, g] = 1;
        }
    }
}
