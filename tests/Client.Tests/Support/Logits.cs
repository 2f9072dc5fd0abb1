using System.Runtime.InteropServices;
using System.Text.Json;
using Federated.Client.Models.Vit;
using static TorchSharp.torch;

namespace Federated.Client.Tests.Support;

static class Logits
{
    public static string Script => Path.Combine(Repository.Root, "docs", "examples", "load_adapter.py");

    /// <summary>Our logits and the script's for the same random images.</summary>
    public static async Task<(double[] Ours, double[] Theirs)> CompareAsync(VitModel model, TestFolder folder, string baseFolder, string? adapterFolder)
    {
        var (config, random) = (model.Config, new Random(11));
        var pixels = Enumerable.Range(0, 5 * config.Channels * config.ImageSize * config.ImageSize).Select(_ => (float)(2 * random.NextDouble() - 1)).ToArray();
        await File.WriteAllBytesAsync(folder["images.f32"], MemoryMarshal.AsBytes<float>(pixels).ToArray());
        string[] adapter = adapterFolder is null ? [] : ["--adapter", adapterFolder];
        var printed = await Python.RunAsync(Script, ["--base", baseFolder, "--images", folder["images.f32"], .. adapter]);
        var theirs = JsonSerializer.Deserialize<double[][]>(printed)!.SelectMany(r => r).ToArray();
        return (Of(model, pixels), theirs);
    }

    public static double[] Of(VitModel model, float[] pixels)
    {
        using var frozen = no_grad();
        var (channels, size) = (model.Config.Channels, model.Config.ImageSize);
        using var images = tensor(pixels, [pixels.Length / (channels * size * size), channels, size, size]);
        using var logits = model.Forward(images);
        return [.. MemoryMarshal.Cast<byte, float>(logits.bytes).ToArray().Select(v => (double)v)];
    }

    public static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"Logit {i} is {actual[i]}; {expected[i]} within {tolerance} is expected.");
    }
}
