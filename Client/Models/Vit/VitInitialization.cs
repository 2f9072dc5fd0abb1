using Federated.Client.Data;

namespace Federated.Client.Models.Vit;

/// <summary>
/// Fresh weights: norms 1 and 0, biases 0, tables N(0, 0.02), matrices a normal cut at two deviations of variance
/// 1 / fan-in. transformers' own 0.02 suits 768 hidden units; the small bases trained here have 64.
/// </summary>
sealed class VitInitialization(ulong seed) : IWeightSource
{
    const double TableDeviation = 0.02;

    public float[] Read(string name, params ReadOnlySpan<long> shape)
    {
        var size = 1L;
        foreach (var axis in shape)
            size *= axis;
        var values = new float[size];
        if (name.EndsWith(".bias", StringComparison.Ordinal))
            return values;
        if (name.Contains("layernorm", StringComparison.Ordinal))
            Array.Fill(values, 1f);
        else
            Normal(values, name, shape.Length == 3 ? TableDeviation : Math.Sqrt((double)shape[0] / size));
        return values;
    }

    void Normal(float[] values, string name, double deviation)
    {
        var random = new CounterRandom(CounterRandom.Key("federated.vit.v1", $"{seed}", name));
        for (var i = 0; i < values.Length; i++)
        {
            var z = random.NextNormal();
            while (Math.Abs(z) > 2)
                z = random.NextNormal();
            values[i] = (float)(z * deviation);
        }
    }
}
