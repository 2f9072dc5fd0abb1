namespace Federated.Aggregators.Strategies.Sums;

/// <summary>Something a rule wants to know of all clients of a group.</summary>
public abstract class SumRequest
{
    private protected SumRequest() { }
}
