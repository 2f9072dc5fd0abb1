namespace Federated.Aggregators.Strategies;

/// <summary>Gives each client its raw weight in each group; the fold makes them shares over a group's contributors.</summary>
public interface IWeigher
{
    /// <summary>Fills <paramref name="weights"/> with finite numbers of 0 or more.</summary>
    /// <param name="round">The contributions in fold order, and what can be measured of them.</param>
    /// <param name="weights">[client, group].</param>
    void Weigh(RoundMeasure round, double[,] weights);

    /// <summary>
    /// What <paramref name="weight"/> counts as in a whole step: a client's share is its raw weight over the sum of these over the group's contributors. By default the raw
    /// weights themselves, so that shares sum to 1; a weigher that gives more for stale clients shortens the step, which only asynchronous rules can take.
    /// </summary>
    double Whole(Contribution contribution, double weight) => weight;
}
