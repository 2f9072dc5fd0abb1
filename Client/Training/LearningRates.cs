namespace Federated.Client.Training;

/// <summary>Factors on a learning rate by step.</summary>
static class LearningRates
{
    const double WarmUpShare = 0.1;

    /// <summary>Linear over the first tenth of the steps, then half a cosine down to zero.</summary>
    public static Func<int, double> WarmUpThenCosine(int steps)
    {
        var warmUp = Math.Max(1, steps * WarmUpShare);
        return step => step < warmUp ? (step + 1) / warmUp : 0.5 * (1 + Math.Cos(Math.PI * (step - warmUp) / (steps - warmUp)));
    }
}
