namespace Server.Tests.Kit;

/// <summary>Values that depend on a seed alone; what a client "trains".</summary>
static class Synthetic
{
    public static float[] Values(ulong seed, int count, float scale)
    {
        var values = new float[count];
        var state = seed * 0x9E3779B97F4A7C15UL + 1;
        for (var i = 0; i < count; i++)
        {
            // SplitMix64 (Steele, Lea, Flood 2014).
            state += 0x9E3779B97F4A7C15UL;
            var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            z ^= z >> 31;
            values[i] = ((z >> 40) / (float)(1 << 24) - 0.5f) * scale;
        }
        return values;
    }
}
