using Federated.Server.Fleet;

namespace Server.Tests.Fleet;

public sealed class CohortSelectorTests
{
    static readonly string[] Fleet = [.. Enumerable.Range(0, 10).Select(i => $"c{i}")];

    // Known answers of Random123 1.14 (kat_vectors: philox4x32, 10 rounds).
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Philox_KnownAnswers(uint a, uint b, uint c, uint d, uint k0, uint k1, uint x, uint y, uint z, uint w) =>
        Assert.Equal((x, y, z, w), Philox.Block(((ulong)k1 << 32) | k0, a, b, c, d));

    [Fact]
    public void Pick_SamePlace_IsTheSameCohort_AndAnotherPlaceAnother()
    {
        var cohort = CohortSelector.Pick(Fleet, 4, seed: 7, round: 3, attempt: 1);

        Assert.Equal(cohort, CohortSelector.Pick(Fleet, 4, 7, 3, 1));
        Assert.Equal(4, cohort.Distinct().Count());
        Assert.Equal(cohort.Order(StringComparer.Ordinal), cohort);
        Assert.True(Enumerable.Range(1, 20).Select(round => string.Join(',', CohortSelector.Pick(Fleet, 4, 7, round, 1))).Distinct().Count() > 10);
    }

    [Fact]
    public void Pick_ManyRounds_IsUniform()
    {
        const int Rounds = 20_000;
        var counts = new Dictionary<string, int>();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var client in CohortSelector.Pick(Fleet, 3, 11, round, 1))
                counts[client] = counts.GetValueOrDefault(client) + 1;
        }
        // Binomial(20000, 0.3): standard deviation 65; five of them leave a false alarm of 6e-6.
        Assert.All(Fleet, client => Assert.InRange(counts[client], 6_000 - 325, 6_000 + 325));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(99)]
    public void Pick_CohortOfTheWholeFleet_IsTheFleet(int count) => Assert.Equal(Fleet, CohortSelector.Pick(Fleet, count, 1, 1, 1));
}
