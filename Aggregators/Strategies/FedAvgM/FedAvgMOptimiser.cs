namespace Federated.Aggregators.Strategies.FedAvgM;

/// <summary>v = (proposed - previous) + momentum * v; published = previous + learningRate * v. v starts at 0, and again when a rank changes.</summary>
sealed class FedAvgMOptimiser(double momentum, double learningRate) : IServerOptimiser
{
    public void Step(string tensor, ReadOnlySpan<float> previous, Span<double> proposed, ReadOnlySpan<double> meanChange, StateAccess state)
    {
        var last = state.Read(tensor);
        var velocity = new float[proposed.Length];
        for (var i = 0; i < proposed.Length; i++)
        {
            var remembered = last.Length == velocity.Length ? momentum * last[i] : 0;
            velocity[i] = (float)(proposed[i] - previous[i] + remembered);
            // The velocity that is remembered is the one that acts, so a restart between rounds changes nothing.
            proposed[i] = previous[i] + learningRate * velocity[i];
        }
        state.Write(tensor, velocity);
    }
}
