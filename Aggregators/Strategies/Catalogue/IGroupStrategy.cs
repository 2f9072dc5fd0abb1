using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.Catalogue;

/// <summary>Combines the groups of an algebra.</summary>
public interface IGroupStrategy : IStrategy
{
    /// <summary>The rule under some options; must ask for every option that it knows.</summary>
    /// <exception cref="FormatException">An option has a wrong type or lies outside its range.</exception>
    IGroupRule Configure(StrictObject options);
}
