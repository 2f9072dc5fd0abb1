namespace Federated.Aggregators.Adapters.Encodings;

static class BlockScale
{
    public static float Largest(ReadOnlySpan<float> block)
    {
        var largest = 0f;
        foreach (var value in block)
            largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    public static string? Problem(ReadOnlySpan<float> scales)
    {
        for (var i = 0; i < scales.Length; i++)
        {
            if (!(float.IsFinite(scales[i]) && scales[i] >= 0))
                return $"has scale {scales[i]} in block {i}; a finite number of 0 or more is needed";
        }
        return null;
    }
}
