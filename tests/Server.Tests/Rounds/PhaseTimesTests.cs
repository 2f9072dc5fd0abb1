using Federated.Server.Rounds;

namespace Server.Tests.Rounds;

public sealed class PhaseTimesTests
{
    [Fact]
    public void Note_PhasesInTurn_AreSpansWithoutGaps()
    {
        var times = new PhaseTimes();

        times.Note("a", "download", 10);
        times.Note("a", "train", 20);
        times.Note("a", "train", 25);
        times.Note("a", "upload", 40);
        times.End("a", 55);
        times.End("a", 99);

        Assert.Equal([new("download", 10, 20), new("train", 20, 40), new("upload", 40, 55)], times.Of("a"));
    }

    [Fact]
    public void Note_MoreAssignmentsThanAreKept_ForgetsTheOldest()
    {
        var times = new PhaseTimes(capacity: 3);

        foreach (var i in Enumerable.Range(0, 10))
            times.Note($"a{i}", "train", i);

        Assert.Equal(["a7", "a8", "a9"], Enumerable.Range(0, 10).Select(i => $"a{i}").Where(a => times.Of(a).Count > 0));
    }

    [Fact]
    public void Note_AClientThatInventsPhases_IsKeptWithinALimit()
    {
        var times = new PhaseTimes();

        foreach (var i in Enumerable.Range(0, 1_000))
            times.Note("a", i % 2 == 0 ? "train" : "upload", i);

        Assert.InRange(times.Of("a").Count, 1, 16);
    }
}
