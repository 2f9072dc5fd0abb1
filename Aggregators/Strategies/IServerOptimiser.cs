namespace Federated.Aggregators.Strategies;

/// <summary>Turns a proposed version into the published one, tensor by tensor.</summary>
public interface IServerOptimiser
{
    /// <summary>Replaces <paramref name="proposed"/> by what is published.</summary>
    /// <param name="tensor">The tensor's name, under which state is kept.</param>
    /// <param name="previous">The previous version's values.</param>
    /// <param name="proposed">In: what the rule proposes; out: what is published.</param>
    /// <param name="meanChange">sum_k p_k (theta_k - theta); empty where the rule asks for no means.</param>
    /// <param name="state">Read the last round's, write this round's.</param>
    void Step(string tensor, ReadOnlySpan<float> previous, Span<double> proposed, ReadOnlySpan<double> meanChange, StateAccess state);
}
