using Federated.Aggregators.Adapters;
using Federated.Client.Privacy;
using Federated.Client.Rounds;
using Federated.Client.Tests.Support;
using Federated.Client.Training;
using Federated.Privacy.Probes;
using Federated.Protos.V1;
using Evaluation = Federated.Client.Training.Evaluation;
using TrainSettings = Federated.Client.Training.TrainSettings;

namespace Federated.Client.Tests.Rounds;

/// <summary>What the site's policy does with an update that leaks, as the coordinator sees it.</summary>
public sealed class ReleaseGateTests : IDisposable
{
    readonly ClientFixture _fixture = new();
    readonly CancellationTokenSource _stop = new();

    /// <summary>The coordinator has an accepted assignment and then hears nothing of it: neither bytes nor a failure. What comes later is served as ever.</summary>
    [Fact]
    public async Task Withhold_UpdateThatLeaks_LooksLikeADropOut()
    {
        var site = new ProbedSite(_fixture.Site, new LeakPolicy(LeakAction.Withhold), (_, call) => call == 0 ? 0.9 : 0);
        var running = _fixture.RunDaemonAsync(_stop.Token, site: site);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { Assignment = _fixture.Train("withheld") });
        await peer.SendAsync(new() { Assignment = _fixture.Train("sent") });
        var heard = new List<ClientMessage>();

        Assert.Equal("sent", (await _fixture.TakeUpdateAsync()).Header.AssignmentId);
        await _fixture.WaitUntilOutboxIsEmptyAsync();
        // Messages keep their order: what the client had to say of the withheld one would have come before this.
        await peer.SendAsync(new() { Assignment = _fixture.Evaluate("e") });
        await peer.ExpectAsync(m => Noted(heard, m).Evaluation);
        await _stop.CancelAsync();
        await running.WaitAsync(Peer.Limit);
        Assert.DoesNotContain(heard, m => m.Failure is not null || m.Progress is { AssignmentId: "withheld", Phase: "upload" });
        Assert.Contains("withheld", _fixture.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Noise_UpdateThatLeaks_IsDisturbedUntilTheProbeIsContent()
    {
        var site = new ProbedSite(_fixture.Site, new LeakPolicy(LeakAction.Noise), (_, call) => call < 2 ? 0.9 : 0);
        var running = _fixture.RunDaemonAsync(_stop.Token, site: site);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { Assignment = _fixture.Train("noised") });
        var (header, bytes) = await _fixture.TakeUpdateAsync();
        await _stop.CancelAsync();
        await running.WaitAsync(Peer.Limit);

        // What is sent is what the last probe saw, and each probe saw twice as much noise as the one before.
        var sent = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes.AsSpan(header.CalculateSize())).ToArray();
        Assert.Equal(3, site.Seen.Count);
        Assert.Equal(site.Seen[2], sent);
        double Change(int i) => Math.Sqrt(site.Seen[i].Zip(site.Seen[i - 1], (a, b) => (double)(a - b) * (a - b)).Sum());
        Assert.InRange(Change(2) / Change(1), 2, 4);
    }

    [Fact]
    public void Noise_UpdateThatLeaksWhateverIsAdded_IsWithheld()
    {
        var site = new ProbedSite(_fixture.Site, new LeakPolicy(LeakAction.Noise), (_, _) => 0.9);
        Assert.False(Admits(site));
        Assert.Equal(5, site.Seen.Count);
    }

    [Theory]
    [InlineData(LeakAction.Warn, 0.9, true)]
    [InlineData(LeakAction.Withhold, 0.3, true)]
    [InlineData(LeakAction.Withhold, 0.31, false)]
    public void Policy_BoundAndAction_DecideAndChangeNothing(LeakAction action, double floor, bool admitted)
    {
        var site = new ProbedSite(_fixture.Site, new LeakPolicy(action), (_, _) => floor);
        Assert.Equal(admitted, Admits(site));
        Assert.Single(site.Seen);
    }

    bool Admits(ProbedSite site)
    {
        var delta = new AdapterTensors(_fixture.Bundle.Version0.Layout, [.. _fixture.Bundle.Version0.Values.ToArray().Select((_, i) => 0.01f * (i % 7 - 3))]);
        var before = delta.Values.ToArray();
        var work = new Client.Transport.Messages.WorkAssignment
        {
            Id = "1", RunId = "r", Round = 1, ManifestDigest = "", SchemaDigest = "", PlanDigest = "", PlanVersion = 0, Train = new TrainSettings(), Encoding = Aggregators.Adapters.TensorEncoding.F32,
        };
        var admitted = new ReleaseGate(site, new ClientLog(TextWriter.Null, TimeProvider.System)).Admits(work, 1, delta);
        Assert.Equal(site.Leaks.Action != LeakAction.Noise, before.SequenceEqual(delta.Values.ToArray()));
        return admitted;
    }

    static ClientMessage Noted(List<ClientMessage> heard, ClientMessage message)
    {
        heard.Add(message);
        return message;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _fixture.Dispose();
    }

    /// <summary>A site whose probe says what the test says.</summary>
    sealed class ProbedSite(IWorksite inner, LeakPolicy leaks, Func<AdapterTensors, int, double> floor) : IWorksite
    {
        public List<float[]> Seen { get; } = [];

        public string BaseDigest => inner.BaseDigest;

        public int TrainingSamples => inner.TrainingSamples;

        public int EvaluationSamples => inner.EvaluationSamples;

        public double StepsPerSecond => inner.StepsPerSecond;

        public LeakPolicy Leaks => leaks;

        public Separation? Probe(AdapterTensors sent, TrainSettings settings, ulong key)
        {
            var measured = floor(sent, Seen.Count);
            Seen.Add(sent.Values.ToArray());
            return new Separation(32, 32, 0.5 + measured / 2, 0.05, measured, measured, measured, 0);
        }

        public void Check(AdapterSchema schema) => inner.Check(schema);

        public (AdapterTensors Trained, TrainReport Report) Train(StartPoint start, TrainSettings settings, ulong key, Action<TrainStep>? progress, CancellationToken cancellation) =>
            inner.Train(start, settings, key, progress, cancellation);

        public Evaluation Evaluate(StartPoint version, int batchSize, long maxSamples, Action<int>? progress, CancellationToken cancellation) =>
            inner.Evaluate(version, batchSize, maxSamples, progress, cancellation);
    }
}
