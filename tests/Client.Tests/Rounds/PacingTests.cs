using Federated.Client.Configuration;
using Federated.Client.Rounds;
using Federated.Client.Tests.Support;
using Federated.Client.Transport.Messages;

namespace Federated.Client.Tests.Rounds;

/// <summary>How often a client speaks, and when it comes back.</summary>
public sealed class PacingTests : IDisposable
{
    readonly ManualTime _time = new();
    readonly List<string> _told = [];
    readonly ProgressReports _reports;
    bool _open = true;
    int _step;

    public PacingTests() => _reports = new ProgressReports(r => _told.Add($"{r.AssignmentId} {r.Phase} {r.Step}"), _ => _open, _time);

    public void Dispose() => _reports.Dispose();

    void Tell(string phase, int after, string work = "a")
    {
        _time.Advance(TimeSpan.FromMilliseconds(after));
        _reports.Tell(new ClientReport.Progress(work, phase, ++_step, 100, 0));
    }

    [Fact]
    public void Progress_PhasesThatLast_AreToldOfOnceASecond()
    {
        Tell("train", after: 0);
        Tell("train", after: 999);
        Tell("train", after: 1);
        Tell("encode", after: 100);
        Tell("encode", after: 10);

        Assert.Equal(["a train 1", "a train 3", "a encode 4"], _told);
    }

    [Fact]
    public void Progress_PhaseThatBeginsSoonAfterAReport_IsToldOfOnceItHasLasted()
    {
        Tell("download", after: 0);
        Tell("train", after: 10);
        Tell("train", after: 10);
        Assert.Equal(["a download 1"], _told);

        _time.Advance(TimeSpan.FromMilliseconds(80));
        Assert.Equal(["a download 1", "a train 3"], _told);
    }

    [Fact]
    public void Progress_ShortPhases_AreNotToldOf()
    {
        for (var work = 0; work < 20; work++)
        {
            Tell("download", after: 2, work: $"w{work}");
            Tell("train", after: 2, work: $"w{work}");
            Tell("upload", after: 6, work: $"w{work}");
        }

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["w0 download 1", "w9 upload 30", "w19 upload 60"], _told);
    }

    [Fact]
    public void Progress_OfWorkThatIsOver_IsNotToldLater()
    {
        Tell("train", after: 0);
        Tell("upload", after: 10);
        _open = false;
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["a train 1"], _told);
    }

    [Fact]
    public void Next_AfterManyFailures_SpreadsOverTheWholeCeilingAndNeverBeyond()
    {
        var backoff = new Backoff(new ReconnectConfiguration(10, 80), new Random(1));
        double[] ceilings = [10, 20, 40, 80, 80];
        var largest = new double[ceilings.Length];
        for (var trial = 0; trial < 400; trial++)
        {
            backoff.Reset();
            for (var i = 0; i < ceilings.Length; i++)
                largest[i] = Math.Max(largest[i], backoff.Next().TotalMilliseconds);
        }
        Assert.All(ceilings.Zip(largest), c => Assert.InRange(c.Second, 0.9 * c.First, c.First));
    }

    [Fact]
    public void Jitter_OfAWindowThatTheServerGave_NeverComesEarlyAndSpreadsOverHalfAsMuchAgain()
    {
        var backoff = new Backoff(new ReconnectConfiguration(10, 80), new Random(1));
        double[] waits = [.. Enumerable.Range(0, 400).Select(_ => backoff.Jitter(TimeSpan.FromSeconds(10)).TotalSeconds)];
        Assert.InRange(waits.Min(), 10, 10.5);
        Assert.InRange(waits.Max(), 14.5, 15);
    }
}
