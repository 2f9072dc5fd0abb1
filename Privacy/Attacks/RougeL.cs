namespace Federated.Privacy.Attacks;

/// <summary>ROUGE-L: F1 of the longest common subsequence.</summary>
public static class RougeL
{
    /// <summary>0 for nothing in common, 1 for equal sequences.</summary>
    public static double Of(IReadOnlyList<int> truth, IReadOnlyList<int> guess)
    {
        if (truth.Count == 0 || guess.Count == 0)
            return 0;
        var row = new int[guess.Count + 1];
        foreach (var token in truth)
        {
            var diagonal = 0;
            for (var j = 1; j <= guess.Count; j++)
                (diagonal, row[j]) = (row[j], token == guess[j - 1] ? diagonal + 1 : Math.Max(row[j], row[j - 1]));
        }
        var (recall, precision) = (row[^1] / (double)truth.Count, row[^1] / (double)guess.Count);
        return row[^1] == 0 ? 0 : 2 * recall * precision / (recall + precision);
    }
}
