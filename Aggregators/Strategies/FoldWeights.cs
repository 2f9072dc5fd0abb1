using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>Raw weights made into shares that sum to 1 over each group's contributors.</summary>
static class FoldWeights
{
    /// <summary>Shares [client, group]; 0 for who did not contribute.</summary>
    /// <exception cref="FoldRefusedException">A weight is negative or not finite, or a group's weights sum to 0.</exception>
    public static double[,] Of(IWeigher weigher, RoundMeasure round, IReadOnlyList<ClientDifference> clients, AdapterLayout layout)
    {
        var weights = new double[clients.Count, layout.Groups.Count];
        weigher.Weigh(round, weights);
        for (var g = 0; g < layout.Groups.Count; g++)
            Normalise(weights, g, clients, layout.Groups[g]);
        return weights;
    }

    static void Normalise(double[,] weights, int g, IReadOnlyList<ClientDifference> clients, LayoutGroup group)
    {
        var (largest, contributors) = (0.0, 0);
        for (var k = 0; k < clients.Count; k++)
        {
            if (!clients[k].Contributes(group))
                weights[k, g] = 0;
            else if (!(weights[k, g] >= 0 && double.IsFinite(weights[k, g])))
                throw new FoldRefusedException(FormattableString.Invariant($"Client '{clients[k].Contribution.ClientId}' has weight {weights[k, g]}; a finite number of 0 or more is needed."));
            else
                contributors++;
            largest = Math.Max(largest, weights[k, g]);
        }
        if (contributors == 0)
            return;
        if (largest == 0)
            throw new FoldRefusedException($"The weights of the {contributors} clients of group '{group.Group.Name}' sum to 0.");
        // Divided by the largest first, no sum of finite weights can overflow.
        var sum = 0.0;
        for (var k = 0; k < clients.Count; k++)
            sum += weights[k, g] /= largest;
        for (var k = 0; k < clients.Count; k++)
            weights[k, g] /= sum;
    }
}
