namespace Federated.Privacy.Accounting;

/// <summary>Says what a sequence of releases costs: an upper bound that holds for adding or removing one record (a client, or an example).</summary>
public interface IPrivacyAccountant
{
    /// <summary>Name in RunSpec and ledgers.</summary>
    string Name { get; }

    /// <summary>The epsilon of all events together.</summary>
    /// <param name="events">In any order; none cost 0. An event without noise costs infinity.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    double Epsilon(IReadOnlyList<PrivacyEvent> events, double delta);
}
