using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>Raw weights made into shares over each group's contributors, which sum to 1 unless the weigher shortens the step.</summary>
/// <param name="Shares">[client, group]; 0 for who did not contribute.</param>
/// <param name="Shortened">Whether some group's shares are meant to sum to something else than 1.</param>
sealed record FoldWeights(double[,] Shares, bool Shortened)
{
    /// <exception cref="FoldRefusedException">A weight is negative or not finite, or a group's weights sum to 0.</exception>
    public static FoldWeights Of(IWeigher weigher, RoundMeasure round, IReadOnlyList<ClientDifference> clients, AdapterLayout layout)
    {
        var weights = new double[clients.Count, layout.Groups.Count];
        weigher.Weigh(round, weights);
        var shortened = false;
        for (var g = 0; g < layout.Groups.Count; g++)
            shortened |= Share(weigher, weights, g, clients, layout.Groups[g]);
        return new FoldWeights(weights, shortened);
    }

    // True when the shares of the group are meant to sum to something else than 1.
    static bool Share(IWeigher weigher, double[,] weights, int g, IReadOnlyList<ClientDifference> clients, LayoutGroup group)
    {
        var whole = new double[clients.Count];
        var (largest, contributors, shortened) = (0.0, 0, false);
        for (var k = 0; k < clients.Count; k++)
        {
            if (!clients[k].Contributes(group))
            {
                weights[k, g] = 0;
                continue;
            }
            whole[k] = weigher.Whole(clients[k].Contribution, weights[k, g]);
            if (!(weights[k, g] >= 0 && double.IsFinite(weights[k, g]) && double.IsFinite(whole[k])))
                throw new FoldRefusedException(FormattableString.Invariant($"Client '{clients[k].Contribution.ClientId}' has weight {weights[k, g]}; a finite number of 0 or more is needed."));
            contributors++;
            shortened |= whole[k] != weights[k, g];
            largest = Math.Max(largest, Math.Max(whole[k], weights[k, g]));
        }
        if (contributors == 0)
            return false;
        if (!Enumerable.Range(0, clients.Count).Any(k => weights[k, g] > 0))
            throw new FoldRefusedException($"The weights of the {contributors} clients of group '{group.Group.Name}' sum to 0.");
        // Divided by the largest first, no sum of finite weights can overflow.
        var sum = 0.0;
        for (var k = 0; k < clients.Count; k++)
        {
            weights[k, g] /= largest;
            sum += whole[k] / largest;
        }
        for (var k = 0; k < clients.Count; k++)
            weights[k, g] /= sum;
        return shortened;
    }
}
