using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Tests.Shared;

/// <summary>Seeded test values.</summary>
static class Noise
{
    public static float[] Normal(Random random, int count, double scale = 1)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }

    public static AdapterTensors Tensors(Random random, AdapterLayout layout, double scale = 1) =>
        new(layout, Normal(random, (int)layout.TotalElements, scale));
}
