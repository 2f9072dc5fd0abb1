using Federated.Server.Fleet;

namespace Server.Tests.Fleet;

public sealed class CohortSelectorTests
{
    static readonly string[] Fleet = [.. Enumerable.Range(0, 10).Select(i => $"c{i}")];

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
