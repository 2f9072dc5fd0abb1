using Federated.Aggregators.Adapters;
using Federated.Client.Rounds;
using Federated.Client.Storage;
using Federated.Client.Tests.Support;
using Federated.Client.Transport.Messages;
using TrainSettings = Federated.Client.Training.TrainSettings;

namespace Federated.Client.Tests.Rounds;

public sealed class ErrorFeedbackTests : IDisposable
{
    const string Run = "r", Gauge = "gauge-1";

    static readonly AdapterLayout Layout = MakeLayout();

    readonly TestFolder _folder = new();

    /// <summary>Nothing is lost, only late: what was decoded in K rounds and what is still left out make up everything that was learnt.</summary>
    [Theory]
    [InlineData(TensorEncoding.I8Block)]
    [InlineData(TensorEncoding.NF4)]
    [InlineData(TensorEncoding.TopK)]
    public void Rounds_AcceptedEach_TelescopeToTheSumOfTheDeltas(TensorEncoding encoding)
    {
        var outbox = Outbox.Open(new OutboxFolder(_folder.Path));
        var (learnt, received) = (new double[Layout.TotalElements], new double[Layout.TotalElements]);
        for (var round = 1; round <= 12; round++)
        {
            var delta = Delta(round);
            Accumulate(learnt, delta.Values);
            Accumulate(received, Send(outbox, encoding, Gauge, round, delta, accepted: true));
        }
        Accumulate(received, LeftOut(outbox));

        var largest = learnt.Max(Math.Abs);
        for (var i = 0; i < learnt.Length; i++)
            Assert.Equal(learnt[i], received[i], 1e-5 * largest);
    }

    [Fact]
    public void Rejected_Update_LeavesTheResidualOfTheLastAcceptedOne()
    {
        var outbox = Outbox.Open(new OutboxFolder(_folder.Path));
        Send(outbox, TensorEncoding.TopK, Gauge, 1, Delta(1), accepted: true);
        var before = LeftOut(outbox);

        Send(outbox, TensorEncoding.TopK, Gauge, 2, Delta(2), accepted: false);

        Assert.Equal(before, LeftOut(Outbox.Open(new OutboxFolder(_folder.Path))));
        outbox.Forget(Run);
        Assert.Null(outbox.LeftOut(Run));
    }

    [Theory]
    [InlineData("gauge-2")]
    [InlineData("")]
    public void Add_InAnotherGauge_AddsNothing(string gauge)
    {
        var outbox = Outbox.Open(new OutboxFolder(_folder.Path));
        Send(outbox, TensorEncoding.NF4, Gauge, 1, Delta(1), accepted: true);

        var delta = Delta(2);
        ErrorFeedback.Add(outbox.LeftOut(Run), gauge, delta);

        Assert.True(Delta(2).Values.SequenceEqual(delta.Values));
        ErrorFeedback.Add(outbox.LeftOut(Run), Gauge, delta);
        Assert.False(Delta(2).Values.SequenceEqual(delta.Values));
    }

    /// <summary>The three instants between which a kill can fall after the coordinator has accepted: each time the update is sent and accepted again.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Accept_KilledOnTheWay_KeepsTheResidualOnce(bool moved, bool unindexed)
    {
        var store = new OutboxFolder(_folder.Path);
        var entry = Outbox.Open(store).Add("r:1:1:t:a", Run, [1], [new byte[] { 2 }], [7, 7]);
        var left = Assert.Single(Directory.GetFiles(_folder.Path, "*.left"));
        if (moved)
        {
            Directory.CreateDirectory(_folder["left"]);
            File.Move(left, Path.Combine(_folder["left"], Run));
        }
        if (unindexed)
            File.WriteAllBytes(entry.Path, [.. File.ReadAllBytes(entry.Path)[..^4], 0, 0, 0, 0]);

        var again = Outbox.Open(new OutboxFolder(_folder.Path));
        foreach (var waiting in again.Entries)
            again.Accept(waiting.AssignmentId);

        Assert.Equal([7, 7], again.LeftOut(Run));
        Assert.Empty(OutboxFiles.Waiting(_folder.Path));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.left"));
    }

    [Fact]
    public async Task Settled_WhileAnUpdateWaits_WaitsForItsAnswer()
    {
        var outbox = Outbox.Open(new OutboxFolder(_folder.Path));
        outbox.Add("r:1:1:t:a", Run, [1], [], [7]);
        outbox.Add("other:1:1:t:a", "other", [1], []);

        var settled = outbox.SettledAsync(Run, CancellationToken.None);
        outbox.Remove("other:1:1:t:a");
        Assert.False(settled.IsCompleted);
        outbox.Accept("r:1:1:t:a");
        await settled.WaitAsync(Peer.Limit);

        Assert.Equal([7], outbox.LeftOut(Run));
    }

    static float[] Send(Outbox outbox, TensorEncoding encoding, string gauge, int round, AdapterTensors delta, bool accepted)
    {
        ErrorFeedback.Add(outbox.LeftOut(Run), gauge, delta);
        var work = new WorkAssignment
        {
            Id = $"r:{round}:1:t:a", RunId = Run, Round = round, ManifestDigest = Digest, SchemaDigest = Digest, PlanDigest = Digest, PlanVersion = 0,
            Train = new TrainSettings(), Encoding = encoding, Gauge = gauge,
        };
        var (header, tensors, leftOut) = UpdateBuilder.Build(work, "a", delta, 1, double.NaN);
        var entry = outbox.Add(work.Id, Run, header, tensors, leftOut);
        var bytes = File.ReadAllBytes(entry.Path)[entry.HeaderLength..];
        if (accepted)
            outbox.Accept(work.Id);
        else
            outbox.Remove(work.Id);
        return Decode(encoding, bytes);
    }

    static string Digest => new('a', 64);

    static float[] Decode(TensorEncoding encoding, byte[] bytes)
    {
        var (values, at) = (new AdapterTensors(Layout), 0);
        foreach (var tensor in Layout.Tensors)
        {
            var length = DeltaCodec.EncodedBytes(encoding, tensor.Elements);
            DeltaCodec.Decode(encoding, bytes.AsSpan(at, length), tensor.Elements, 0, values[tensor]);
            at += length;
        }
        return values.Values.ToArray();
    }

    static float[] LeftOut(Outbox outbox)
    {
        var zero = new AdapterTensors(Layout);
        ErrorFeedback.Add(outbox.LeftOut(Run), Gauge, zero);
        return zero.Values.ToArray();
    }

    static AdapterTensors Delta(int round)
    {
        var random = new Random(round);
        return new AdapterTensors(Layout, [.. Enumerable.Range(0, (int)Layout.TotalElements).Select(_ => (float)(random.NextDouble() - 0.3) * 0.01f)]);
    }

    static void Accumulate(double[] sum, ReadOnlySpan<float> values)
    {
        for (var i = 0; i < sum.Length; i++)
            sum[i] += values[i];
    }

    static AdapterLayout MakeLayout()
    {
        var site = new Federated.Aggregators.Adapters.Site(SiteKind.Linear, "l");
        TensorSpec[] tensors = [new("l.lora_A.weight", "lora_A", [Axis.Rank, Axis.Of(70)]), new("l.lora_B.weight", "lora_B", [Axis.Of(33), Axis.Rank])];
        var group = new TensorGroup("l", site, Algebra.Product, tensors) { Product = new ProductForm("lora_B", "lora_A", 8, false) };
        var schema = new AdapterSchema(new string('b', 64), "none", 4, [group], "base");
        return AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, 4));
    }

    public void Dispose() => _folder.Dispose();
}
