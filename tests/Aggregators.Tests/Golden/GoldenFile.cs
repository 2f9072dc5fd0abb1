using System.Runtime.InteropServices;
using System.Text.Json;

namespace Federated.Aggregators.Tests.Golden;

/// <summary>Files of tests/Golden: arrays are base64 of little-endian values.</summary>
static class GoldenFile
{
    public static JsonElement Cases(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", name))).RootElement.GetProperty("cases");

    public static T[] Unpack<T>(JsonElement element) where T : struct => MemoryMarshal.Cast<byte, T>(element.GetBytesFromBase64()).ToArray();

    public static void Near(string what, double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (distance, size) = (Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum()), Math.Sqrt(expected.Sum(e => e * e)));
        Assert.True(distance <= 2e-6 * size, $"{what}: differs by {distance:g3} of {size:g3}.");
    }

    public static void Near(string what, JsonElement expected, ReadOnlySpan<float> actual) => Near(what, Unpack<double>(expected), [.. actual.ToArray().Select(x => (double)x)]);
}
