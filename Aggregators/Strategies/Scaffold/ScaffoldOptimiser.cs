namespace Federated.Aggregators.Strategies.Scaffold;

/// <summary>
/// Karimireddy et al., arXiv 1910.06378, algorithm 1 with option II. Client k of the S that took part sends y_k - x; its control variate becomes
/// c_k+ = c_k - c + (x - y_k) / (E eta_l) (eq. 4), so that the mean of what the control variates change by is -c - (mean y_k - x) / (E eta_l): no second upload.
/// Then x + eta_g (mean y_k - x), and c + (S/N)(that mean). c starts at 0, and again when a rank changes.
/// </summary>
/// <param name="localSteps">E, a client's steps.</param>
/// <param name="localLearningRate">eta_l, of a client's step.</param>
/// <param name="participation">S/N, the share of all clients that take part in a round.</param>
/// <param name="learningRate">eta_g.</param>
sealed class ScaffoldOptimiser(long localSteps, double localLearningRate, double participation, double learningRate) : IServerOptimiser
{
    public void Step(string tensor, ReadOnlySpan<float> previous, Span<double> proposed, ReadOnlySpan<double> meanChange, StateAccess state)
    {
        if (meanChange.Length != proposed.Length)
            throw new InvalidOperationException($"The rule for tensor '{tensor}' has no mean change, which the control variate is made of.");
        var last = state.Read(tensor);
        var control = new float[proposed.Length];
        for (var i = 0; i < proposed.Length; i++)
        {
            double c = last.Length == control.Length ? last[i] : 0;
            // A correction that the rule adds to the mean is none of the clients' gradients, so it stays out of c.
            control[i] = (float)(c - participation * (c + meanChange[i] / (localSteps * localLearningRate)));
            proposed[i] = previous[i] + learningRate * (proposed[i] - previous[i]);
        }
        state.Write(tensor, control);
    }
}
