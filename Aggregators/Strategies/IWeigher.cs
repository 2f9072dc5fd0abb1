namespace Federated.Aggregators.Strategies;

/// <summary>Gives each client its raw weight in each group; the fold normalises them over a group's contributors.</summary>
public interface IWeigher
{
    /// <summary>Fills <paramref name="weights"/> with finite numbers of 0 or more.</summary>
    /// <param name="round">The contributions in fold order, and what can be measured of them.</param>
    /// <param name="weights">[client, group].</param>
    void Weigh(RoundMeasure round, double[,] weights);
}
