using Federated.Aggregators.Json;

namespace Federated.Aggregators.Strategies.Catalogue;

/// <summary>Gives weights.</summary>
public interface IWeigherStrategy : IStrategy
{
    /// <summary>The weigher under some options; must ask for every option that it knows.</summary>
    /// <exception cref="FormatException">An option has a wrong type or lies outside its range.</exception>
    IWeigher Configure(StrictObject options);
}
