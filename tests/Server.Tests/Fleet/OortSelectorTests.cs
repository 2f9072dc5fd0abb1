using Federated.Server.Fleet;

namespace Server.Tests.Fleet;

public sealed class OortSelectorTests
{
    const int Rounds = 400;

    static List<Candidate> Fleet(int count, Func<int, double> utility, Func<int, double> milliseconds, int lastRound = 100) =>
        [.. Enumerable.Range(0, count).Select(i => new Candidate($"c{i:D2}", lastRound, utility(i), milliseconds(i)))];

    static Dictionary<string, int> Draws(List<Candidate> fleet, int count, int window = 0) => Enumerable.Range(0, Rounds)
        .SelectMany(attempt => OortSelector.Pick(fleet, count, new CohortDraw(7, 101, attempt), window))
        .GroupBy(c => c).ToDictionary(g => g.Key, g => g.Count());

    [Fact]
    public void Pick_AnyFleet_GivesThatManyDifferentClientsInOrder()
    {
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var fleet = Enumerable.Range(0, 1 + random.Next(30))
                .Select(c => new Candidate($"c{c:D2}", random.Next(3) == 0 ? 0 : random.Next(1, 50), random.Next(4) == 0 ? 0 : random.NextDouble() * 1e6, random.Next(3) == 0 ? 0 : random.Next(1, 100_000))).ToList();
            var count = random.Next(1, 12);

            var chosen = OortSelector.Pick(fleet, count, new CohortDraw((ulong)i, 50, 1), random.Next(0, 60));

            Assert.Equal(Math.Min(count, fleet.Count), chosen.Count);
            Assert.Equal(chosen.Distinct().Order(StringComparer.Ordinal), chosen);
            Assert.Empty(chosen.Except(fleet.Select(c => c.Client)));
        }
    }

    [Fact]
    public void Pick_SameDraw_GivesTheSameCohort()
    {
        var fleet = Fleet(20, i => i, i => 1_000);
        Assert.Equal(OortSelector.Pick(fleet, 5, new CohortDraw(1, 9, 1), 0), OortSelector.Pick(fleet, 5, new CohortDraw(1, 9, 1), 0));
        Assert.True(Draws(fleet, 5).Count > 5);
    }

    [Fact]
    public void Pick_MoreToLearn_IsAskedMoreOften()
    {
        var draws = Draws(Fleet(20, i => i < 5 ? 1_000 : 1, _ => 1_000), 5);
        Assert.True(draws.Where(d => string.CompareOrdinal(d.Key, "c05") < 0).Sum(d => d.Value) > 0.9 * 5 * Rounds);
    }

    [Fact]
    public void Pick_SlowClients_AreAskedLessOften()
    {
        var draws = Draws(Fleet(20, _ => 100, i => i < 10 ? 1_000 : 50_000), 5);
        Assert.True(draws.Where(d => string.CompareOrdinal(d.Key, "c10") < 0).Sum(d => d.Value) > 0.9 * 5 * Rounds);
    }

    [Fact]
    public void Pick_BoastingClient_CountsAsTheTopOfTheOthers()
    {
        var honest = Draws(Fleet(100, i => 100 + i, _ => 1_000), 10).GetValueOrDefault("c99");
        var boasting = Draws(Fleet(100, i => i == 99 ? 1e12 : 100 + i, _ => 1_000), 10).GetValueOrDefault("c99");
        Assert.InRange(boasting, 0, honest + Rounds / 5);
    }

    [Fact]
    public void Pick_LongWaiting_ComesFirst()
    {
        var fleet = Fleet(20, i => 1_000, _ => 1_000);
        fleet[13] = fleet[13] with { LastRound = 80, Utility = 0, Milliseconds = 1e9 };
        Assert.Equal(Rounds, Draws(fleet, 5, window: 20)["c13"]);
        Assert.True(Draws(fleet, 5).GetValueOrDefault("c13") < Rounds / 10);
    }

    [Fact]
    public void Pick_UnseenClients_GetTheirShare()
    {
        var fleet = Fleet(20, _ => 1_000, _ => 1_000);
        for (var i = 10; i < 20; i++)
            fleet[i] = new Candidate($"c{i}", 0, 0, 0);
        var unseen = Draws(fleet, 10).Where(d => string.CompareOrdinal(d.Key, "c10") >= 0).Sum(d => d.Value);
        Assert.Equal(2 * Rounds, unseen);
        Assert.Equal((0.9, 0.2), (OortSelector.Exploration(1), OortSelector.Exploration(1_000)));
    }

    [Fact]
    public void Delay_OfAFleet_SpreadsOverItsWindow()
    {
        var delays = Enumerable.Range(0, 2_000).Select(i => PaceSteering.DelayMs($"c{i}", i, 2_000)).ToList();

        Assert.Equal(10_000, PaceSteering.WindowMs(2_000));
        Assert.All(delays, d => Assert.InRange(d, 1, 10_000));
        // No second of the ten brings more than half as many again as its share.
        Assert.All(delays.GroupBy(d => d / 1_001), g => Assert.InRange(g.Count(), 100, 300));
        Assert.Equal((100, 60_000), (PaceSteering.WindowMs(1), PaceSteering.WindowMs(1_000_000)));
    }
}
