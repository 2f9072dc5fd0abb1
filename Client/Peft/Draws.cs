using Federated.Client.Data;

namespace Federated.Client.Peft;

/// <summary>Random initial values, equal on every machine.</summary>
static class Draws
{
    /// <summary>Fills with U(-bound, bound).</summary>
    public static void Uniform(Span<float> values, ref CounterRandom random, double bound)
    {
        foreach (ref var value in values)
            value = (float)((2 * random.NextDouble() - 1) * bound);
    }
}
