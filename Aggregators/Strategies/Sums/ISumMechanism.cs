namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// What stands between a fold's sums over clients and everything that uses them, so that a rule of any kind only ever sees disturbed sums. With a mechanism the
/// weigher is not asked: a client's weight is its bound over the planned number of contributors, and nothing is renormalised.
/// </summary>
public interface ISumMechanism
{
    /// <summary>The public denominator, 1 or more, whoever contributes in the end.</summary>
    int Planned { get; }

    /// <summary>The factor in [0, 1] on a client's whole update. Called once for each contribution, in fold order.</summary>
    /// <param name="norm">Euclidean norm of its delta over all groups together, 0 or more.</param>
    double Bound(double norm);

    /// <summary>The largest norm of one client's term in one group's later pass, before the division by <see cref="Planned"/>.</summary>
    /// <param name="groups">Groups of the layout, which share the bound of the pass.</param>
    double TermBound(int groups);

    /// <summary>Disturbs one sum in place, already divided by <see cref="Planned"/>.</summary>
    /// <param name="name">The tensor that was summed, or the group where a later pass has no tensor of its own.</param>
    /// <param name="pass">1 for the deltas, 2 and up for what follows in a group.</param>
    /// <param name="sum">The sum.</param>
    void Disturb(string name, int pass, Span<double> sum);
}
