namespace Federated.Aggregators.Strategies.Staleness;

/// <summary>
/// n_k f(age) / f(typical age) over the sum of n_k: not normalised again, so that a buffer of stale changes takes a shorter step (FedBuff's 1/K sum s(age) delta, with
/// samples for 1/K), and one of typical ages a whole one.
/// </summary>
/// <param name="decay">f.</param>
/// <param name="typicalAge">The age whose weight is 1.</param>
sealed class StalenessWeigher(StalenessDecay decay, int typicalAge) : IWeigher
{
    public void Weigh(RoundMeasure round, double[,] weights)
    {
        // Beyond a threshold the typical age may count nothing; then the scale is that of fresh changes.
        var scale = decay.At(typicalAge) is > 0 and var typical ? typical : 1;
        for (var k = 0; k < weights.GetLength(0); k++)
        {
            var contribution = round.Contributions[k];
            for (var g = 0; g < weights.GetLength(1); g++)
                weights[k, g] = contribution.Samples * (decay.At(contribution.Staleness) / scale);
        }
    }

    public double Whole(Contribution contribution, double weight) => contribution.Samples;
}
