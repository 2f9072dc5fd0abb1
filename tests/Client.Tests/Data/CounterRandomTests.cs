using Federated.Client.Data;

namespace Federated.Client.Tests.Data;

public sealed class CounterRandomTests
{
    /// <summary>The known answers that the authors of Philox publish with Random123 (kat_vectors, philox4x32-10).</summary>
    [Theory]
    [InlineData(0UL, 0UL, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    public void NextUInt32_KnownAnswers_Match(ulong key, ulong stream, uint a, uint b, uint c, uint d)
    {
        var random = new CounterRandom(key, stream);
        Assert.Equal([a, b, c, d], [random.NextUInt32(), random.NextUInt32(), random.NextUInt32(), random.NextUInt32()]);
    }

    [Fact]
    public void NextNormal_ManyDraws_HasTheMomentsOfTheNormal()
    {
        var random = new CounterRandom(7);
        var draws = Enumerable.Range(0, 40_000).Select(_ => random.NextNormal()).ToArray();
        Assert.InRange(draws.Average(), -0.02, 0.02);
        Assert.InRange(draws.Average(x => x * x), 0.97, 1.03);
        Assert.InRange(draws.Average(x => x * x * x * x), 2.8, 3.2);
    }

    [Fact]
    public void Key_PartsCutDifferently_Differ() =>
        Assert.NotEqual(CounterRandom.Key("p", "ab", "c"), CounterRandom.Key("p", "a", "bc"));
}
