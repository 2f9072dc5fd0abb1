namespace Federated.Aggregators.Strategies.NormBound;

/// <summary>w_k proportional to p_k min(1, C / ||U_k||), C being a multiple of the median of the norms.</summary>
sealed class NormBoundWeigher(double multiple) : IWeigher
{
    public void Weigh(RoundMeasure round, double[,] weights)
    {
        var gram = round.UpdateGram();
        double[] norms = [.. Enumerable.Range(0, round.Contributions.Count).Select(k => Math.Sqrt(Math.Max(0, gram[k, k])))];
        var bound = multiple * norms.Order().ElementAt((norms.Length - 1) / 2);
        for (var k = 0; k < norms.Length; k++)
        {
            for (var g = 0; g < weights.GetLength(1); g++)
                weights[k, g] = round.Contributions[k].Samples * (norms[k] > bound ? bound / norms[k] : 1);
        }
    }
}
