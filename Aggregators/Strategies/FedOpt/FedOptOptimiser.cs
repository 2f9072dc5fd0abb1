namespace Federated.Aggregators.Strategies.FedOpt;

/// <summary>
/// Reddi et al., arXiv 2003.00295, algorithm 2, without bias correction: m = beta1 m + (1 - beta1) change; v as <paramref name="square"/> says;
/// published = previous + eta m / (sqrt(v) + tau). m starts at 0 and v at tau^2, and again when a rank changes.
/// </summary>
/// <param name="options">The constants.</param>
/// <param name="square">The next v from the last v, the change squared and beta2.</param>
sealed class FedOptOptimiser(FedOptOptions options, Func<double, double, double, double> square) : IServerOptimiser
{
    public void Step(string tensor, ReadOnlySpan<float> previous, Span<double> proposed, ReadOnlySpan<double> meanChange, StateAccess state)
    {
        var (lastMean, lastSquare) = (Recall(state.Read("m/" + tensor), proposed.Length, 0), Recall(state.Read("v/" + tensor), proposed.Length, options.Tau * options.Tau));
        for (var i = 0; i < proposed.Length; i++)
        {
            var change = proposed[i] - previous[i];
            // What is remembered is what acts, so a restart between rounds changes nothing.
            lastMean[i] = (float)(options.Beta1 * lastMean[i] + (1 - options.Beta1) * change);
            lastSquare[i] = (float)square(lastSquare[i], change * change, options.Beta2);
            proposed[i] = previous[i] + options.LearningRate * lastMean[i] / (Math.Sqrt(lastSquare[i]) + options.Tau);
        }
        state.Write("m/" + tensor, lastMean);
        state.Write("v/" + tensor, lastSquare);
    }

    static float[] Recall(ReadOnlySpan<float> last, int length, double start)
    {
        if (last.Length == length)
            return last.ToArray();
        var fresh = new float[length];
        Array.Fill(fresh, (float)start);
        return fresh;
    }
}
