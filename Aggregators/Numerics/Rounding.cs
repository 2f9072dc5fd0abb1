namespace Federated.Aggregators.Numerics;

static class Rounding
{
    /// <summary>Each value rounded once to nearest even.</summary>
    public static float[] ToSingles(ReadOnlySpan<double> values)
    {
        var result = new float[values.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = (float)values[i];
        return result;
    }
}
