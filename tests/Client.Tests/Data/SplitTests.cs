using Federated.Client.Data;
using Federated.Client.Faults;

namespace Federated.Client.Tests.Data;

public sealed class SplitTests
{
    static readonly byte[] Labels = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7 % 10))];

    [Fact]
    public void Select_RangeWithoutSkew_IsTheRange() =>
        Assert.Equal(Enumerable.Range(100, 50), SplitSelector.Select(Labels, new IndexRange(100, 50), null, 1));

    [Fact]
    public void Select_Skewed_StaysInThePoolWithoutRepeats()
    {
        var chosen = SplitSelector.Select(Labels, new IndexRange(1000, 300, 4000), new LabelSkew(0.5), 3);
        Assert.Equal(300, chosen.Distinct().Count());
        Assert.All(chosen, i => Assert.InRange(i, 1000, 4999));
        Assert.Equal(chosen, SplitSelector.Select(Labels, new IndexRange(1000, 300, 4000), new LabelSkew(0.5), 3));
        Assert.NotEqual(chosen, SplitSelector.Select(Labels, new IndexRange(1000, 300, 4000), new LabelSkew(0.5), 4));
    }

    [Fact]
    public void Select_SkewTakesTheWholePool_StillEveryImageOnce() =>
        Assert.Equal(Enumerable.Range(0, 5000), SplitSelector.Select(Labels, new IndexRange(0, 5000), new LabelSkew(0.1), 3));

    /// <summary>A symmetric Dirichlet's proportions have mean 1/K and variance (K - 1) / (K^2 (K alpha + 1)).</summary>
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(5)]
    public void Proportions_ManyDraws_HaveTheVarianceOfTheDirichlet(double alpha)
    {
        var random = new CounterRandom(31);
        var first = Enumerable.Range(0, 4000).Select(_ => new LabelSkew(alpha).Proportions(10, ref random)).ToArray();
        Assert.All(first, p => Assert.Equal(1, p.Sum(), 9));
        var theory = 9 / (100 * (10 * alpha + 1));
        var measured = first.Average(p => (p[0] - 0.1) * (p[0] - 0.1));
        Assert.InRange(measured / theory, 0.85, 1.15);
    }

    [Theory]
    [InlineData(-1, 10, 0)]
    [InlineData(4990, 20, 0)]
    [InlineData(0, 10, 5)]
    [InlineData(5000, 0, 0)]
    public void Select_RangeOutsideTheFile_Refuses(int from, int count, int pool) =>
        Assert.Equal("F511", Assert.Throws<ClientFault>(() => SplitSelector.Select(Labels, new IndexRange(from, count, pool), null, 1)).Code);

    [Theory]
    [InlineData("dirichlet")]
    [InlineData("dirichlet:0")]
    [InlineData("dirichlet:x")]
    [InlineData("skewed")]
    public void Parse_WrongSkew_Refuses(string text) => Assert.Throws<ClientFault>(() => LabelSkew.Parse(text));

    [Fact]
    public void Fill_OnePass_VisitsEveryImageOnce()
    {
        var order = new BatchOrder(10, 4, 5);
        var seen = new int[20];
        for (var step = 0; step < 5; step++)
            order.Fill(step, seen.AsSpan(4 * step, 4));
        Assert.Equal(Enumerable.Range(0, 10), seen[..10].Order());
        Assert.Equal(Enumerable.Range(0, 10), seen[10..].Order());
    }

    [Fact]
    public void Fill_StepAskedForAgainOrOutOfOrder_SameBatch()
    {
        var (one, other) = (new BatchOrder(7, 3, 5), new BatchOrder(7, 3, 5));
        var (a, b) = (new int[3], new int[3]);
        for (var step = 0; step < 6; step++)
            one.Fill(step, a);
        other.Fill(5, b);
        Assert.Equal(a, b);
        one.Fill(1, a);
        other.Fill(1, b);
        Assert.Equal(a, b);
    }

    [Fact]
    public void RoundKey_AnotherRunRoundClientOrSeed_Differs()
    {
        ulong[] keys = [BatchOrder.RoundKey(1, "r", 1, "c"), BatchOrder.RoundKey(2, "r", 1, "c"), BatchOrder.RoundKey(1, "s", 1, "c"),
            BatchOrder.RoundKey(1, "r", 2, "c"), BatchOrder.RoundKey(1, "r", 1, "d")];
        Assert.Equal(5, keys.Distinct().Count());
    }
}
