using System.Runtime.InteropServices;
using Federated.Client.Models;
using static TorchSharp.torch;

namespace Federated.Client.Tests.Support;

/// <summary>A tiny model of every type that the client knows, with inputs for it.</summary>
static class SmallModels
{
    public static IReadOnlyList<string> Names { get; } = ["vit", "gpt2"];

    public static IFoundationModel Load(string name, string folder) => name == "vit" ? SmallVit.Load(folder) : SmallGpt2.Load(folder);

    /// <summary>Three examples.</summary>
    public static Tensor Inputs(string name)
    {
        var random = new Random(23);
        if (name == "gpt2")
            return tensor([.. Enumerable.Range(0, 3 * 7).Select(_ => (long)random.Next(40))], [3, 7]);
        return tensor([.. Enumerable.Range(0, 3 * 64).Select(_ => (float)(2 * random.NextDouble() - 1))], [3, 1, 8, 8]);
    }

    public static float[] Forward(IFoundationModel model, Tensor inputs)
    {
        using var frozen = no_grad();
        using var logits = model.Forward(inputs);
        return MemoryMarshal.Cast<byte, float>(logits.bytes).ToArray();
    }

    /// <summary>Every value of the base.</summary>
    public static float[] Weights(IFoundationModel model) => [.. model.BaseParameters.SelectMany(p => MemoryMarshal.Cast<byte, float>(p.bytes).ToArray())];

    /// <summary>Equal up to a share of the largest expected value.</summary>
    public static void AssertClose(float[] expected, float[] actual, double tolerance, string what = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        var limit = tolerance * Math.Max(1, expected.Max(Math.Abs));
        var worst = expected.Zip(actual).Max(p => Math.Abs(p.First - p.Second));
        Assert.True(worst <= limit, $"{what}: values differ by {worst}; {limit} is allowed.");
    }
}
