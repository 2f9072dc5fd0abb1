using Federated.Privacy.Mechanisms;
using Federated.Privacy.Numerics;

namespace Federated.Privacy.Tests.Mechanisms;

public sealed class GaussianStreamTests
{
    static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void ExactFunctions_RandomArguments_AgreeWithTheLibrary()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var x = Math.ScaleB(1 + random.NextDouble(), random.Next(-53, 3));
            Assert.InRange(ExactFunctions.Log(x) - Math.Log(x), -1e-15 * Math.Max(1, Math.Abs(Math.Log(x))), 1e-15 * Math.Max(1, Math.Abs(Math.Log(x))));
            var u = random.NextDouble();
            var (sin, cos) = ExactFunctions.SinCosOfTurn(u);
            Assert.InRange(sin - Math.Sin(2 * Math.PI * u), -2e-15, 2e-15);
            Assert.InRange(cos - Math.Cos(2 * Math.PI * u), -2e-15, 2e-15);
        }
    }

    // The bits are part of the product: a version published by one machine must be replayed by another.
    [Fact]
    public void Fill_KnownKey_GivesTheRecordedBits()
    {
        var noise = new double[4];
        Stream("lora_A", 1).Fill(noise);
        Assert.Equal(Recorded, noise.Select(BitConverter.DoubleToInt64Bits));
    }

    static readonly long[] Recorded = [-4615682597456406798, -4626566272217860434, 4598130704657431784, 4595275758129475348];

    [Fact]
    public void Fill_HundredThousandValues_AreNormal()
    {
        var noise = new double[100_000];
        Stream("t", 1).Fill(noise);
        Array.Sort(noise);
        // Kolmogorov and Smirnov: 1.95 / sqrt(n) is passed once in 1,000 streams; this stream is fixed.
        var distance = noise.Select((x, i) => Math.Abs(NormalTail.Below(x) - (i + 0.5) / noise.Length)).Max();
        Assert.InRange(distance, 0, 1.95 / Math.Sqrt(noise.Length));
        Assert.InRange(noise.Average(), -0.01, 0.01);
        Assert.InRange(noise.Average(x => x * x * x * x), 2.9, 3.1);
    }

    [Fact]
    public void AddTo_AnyLength_IsTheSameStream()
    {
        var (whole, part) = (new double[5000], new double[2100]);
        Stream("t", 1).AddTo(whole, 0.3);
        Stream("t", 1).AddTo(part, 0.3);
        Assert.Equal(whole[..2100], part);
    }

    [Fact]
    public void AddTo_ResultsLieOnTheGridAndHaveTheDeviation()
    {
        var random = new Random(3);
        double[] before = [.. Enumerable.Range(0, 50_000).Select(_ => random.NextDouble())];
        var after = before.ToArray();
        Stream("t", 2).AddTo(after, 0.37);
        var grid = GaussianStream.Grid(0.37);
        Assert.All(after, v => Assert.Equal(Math.Round(v / grid) * grid, v));
        Assert.InRange(Math.Sqrt(after.Zip(before, (a, b) => (a - b) * (a - b)).Average()) / 0.37, 0.985, 1.015);
    }

    [Fact]
    public void Stream_AnyPartOfTheContext_ChangesTheNoise()
    {
        double First(string[] context, string name, int pass)
        {
            var one = new double[1];
            new NoiseKey(Secret, context).Stream(name, pass).Fill(one);
            return one[0];
        }
        double[] values =
        [
            First(["a", "b"], "t", 1), First(["ab", ""], "t", 1), First(["", "ab"], "t", 1), First(["a", "b", ""], "t", 1),
            First(["a", "b"], "u", 1), First(["a", "b"], "t", 2), First(["a", "b"], "t1", 1),
        ];
        Assert.Equal(values.Length, values.Distinct().Count());
        Assert.Equal(values[0], First(["a", "b"], "t", 1));
    }

    [Fact]
    public void Key_ShortSecret_IsRefused() => Assert.Throws<ArgumentException>(() => new NoiseKey(new byte[31], "a"));

    static GaussianStream Stream(string name, int pass) => new NoiseKey(Secret, "spec", "plan").Stream(name, pass);
}
