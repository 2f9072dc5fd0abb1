using Federated.Aggregators.Json;

namespace Federated.Aggregators.Strategies.Catalogue;

/// <summary>Applies a combined change.</summary>
public interface IServerOptimiserStrategy : IStrategy
{
    /// <summary>The optimiser under some options; must ask for every option that it knows.</summary>
    /// <exception cref="FormatException">An option has a wrong type or lies outside its range.</exception>
    IServerOptimiser Configure(StrictObject options);
}
