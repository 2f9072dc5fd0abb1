using Federated.Client.Data;

namespace Federated.Client.Models.Gpt2;

/// <summary>Fresh weights as GPT-2 was begun: norms 1 and 0, biases 0, all else N(0, 0.02), matrices that write to the residual stream divided by sqrt(2 layers).</summary>
sealed class Gpt2Initialization(ulong seed, int layers) : IWeightSource
{
    const double Deviation = 0.02;

    public float[] Read(string name, params ReadOnlySpan<long> shape)
    {
        var size = 1L;
        foreach (var axis in shape)
            size *= axis;
        var values = new float[size];
        if (name.EndsWith(".bias", StringComparison.Ordinal))
            return values;
        if (shape.Length == 1)
        {
            Array.Fill(values, 1f);
            return values;
        }
        var deviation = name.EndsWith("c_proj.weight", StringComparison.Ordinal) ? Deviation / Math.Sqrt(2 * layers) : Deviation;
        var random = new CounterRandom(CounterRandom.Key("federated.gpt2.v1", $"{seed}", name));
        foreach (ref var value in values.AsSpan())
            value = (float)(deviation * random.NextNormal());
        return values;
    }
}
