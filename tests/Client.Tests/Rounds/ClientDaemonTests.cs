using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using Federated.Client.Configuration;
using Federated.Client.Data;
using Federated.Client.Faults;
using Federated.Client.Peft;
using Federated.Client.Rounds;
using Federated.Client.Tests.Support;
using Federated.Client.Transport;
using Federated.Formats.Digests;
using Federated.Protos.V1;
using Google.Protobuf;

namespace Federated.Client.Tests.Rounds;

public sealed class ClientDaemonTests : IDisposable
{
    const string Id = "bars-fair:1:1:t:site-a";

    readonly ClientFixture _fixture = new();
    readonly CancellationTokenSource _stop = new();

    [Fact]
    public async Task Train_Assigned_SendsExactlyTheChangeThatTrainingMakes()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (hello, peer) = await _fixture.WelcomeAsync();
        Assert.Equal(("site-a", 1u), (hello.ClientId, hello.ProtocolVersion));
        Assert.Equal(MethodCatalog.Default.Names, hello.Methods);
        Assert.True(hello.TakesBlobs);
        await peer.SendAsync(new() { Assignment = _fixture.Train(Id) });
        var (header, bytes) = await _fixture.TakeUpdateAsync();
        await _fixture.WaitUntilOutboxIsEmptyAsync();
        await StopAsync(running);

        var start = _fixture.Bundle.Version0;
        var key = BatchOrder.RoundKey(7, ClientFixture.Run, 1, "site-a");
        var (trained, report) = _fixture.Site.Train(new StartPoint(start, []), new() { Steps = 3, BatchSize = 8, LearningRate = 0.01 }, key, null, CancellationToken.None);
        var expected = Difference(trained, start);
        Assert.Equal(expected, MemoryMarshal.Cast<byte, float>(bytes.AsSpan(header.CalculateSize())).ToArray());
        Assert.Contains(expected, v => v != 0);
        Assert.Equal((Id, 60ul, 3u, report.Loss), (header.AssignmentId, header.Samples, header.LocalSteps, header.TrainingLoss));
        Assert.Equal(start.Layout.Tensors.Select(t => ("", t.Shape.Aggregate(4L, (size, axis) => size * axis))), header.Tensors.Select(t => (t.Name, (long)t.ByteLength)));
    }

    [Fact]
    public async Task Train_ManifestCameAlong_IsNotAskedFor()
    {
        var manifest = _fixture.ManifestBytes(version: 5);
        var assignment = _fixture.Train(Id);
        (assignment.Manifest, assignment.ManifestDigest) = (ByteString.CopyFrom(manifest), ByteString.CopyFrom(Convert.FromHexString(TreeDigest.Of(manifest))));
        Assert.Equal(assignment.ManifestDigest, await StartOfUpdateAsync(assignment));
    }

    [Fact]
    public async Task Train_ManifestThatCameAlongIsAnother_IsFetched()
    {
        var assignment = _fixture.Train(Id);
        assignment.Manifest = ByteString.CopyFrom(_fixture.ManifestBytes("another-run"));
        Assert.Equal(_fixture.ManifestDigest, await StartOfUpdateAsync(assignment));
    }

    [Fact]
    public async Task Train_GroupsCameAlong_AreNotAskedForNorByTheEvaluationAfterIt()
    {
        var assignment = _fixture.Train(Id);
        assignment.Blobs.Add(_fixture.GroupBytes().Select(b => ByteString.CopyFrom(b)));

        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { Assignment = assignment });
        await _fixture.TakeUpdateAsync();
        await peer.SendAsync(new() { Assignment = _fixture.Evaluate("e") });
        var result = await peer.ExpectAsync(m => m.Evaluation);
        await StopAsync(running);

        Assert.Empty(GroupsAskedFor());
        var direct = _fixture.Site.Evaluate(new StartPoint(_fixture.Bundle.Version0, []), 50, 50, null, CancellationToken.None);
        Assert.Equal((ulong)direct.Correct, result.Correct);
    }

    [Fact]
    public async Task Train_GroupThatCameAlongIsDamaged_IsFetchedAndNoOther()
    {
        var assignment = _fixture.Train(Id);
        byte[][] groups = [.. _fixture.GroupBytes()];
        var right = TreeDigest.Of(groups[1]);
        groups[1][^1] ^= 1;
        assignment.Blobs.Add(groups.Select(b => ByteString.CopyFrom(b)));

        await StartOfUpdateAsync(assignment);

        Assert.Equal([right], GroupsAskedFor());
    }

    List<string> GroupsAskedFor() =>
        [.. _fixture.Coordinator.Downloads.Select(d => Convert.ToHexStringLower(d.Span)).Where(_fixture.GroupBytes().Select(b => TreeDigest.Of(b)).Contains)];

    async Task<ByteString> StartOfUpdateAsync(Assignment assignment)
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { Assignment = assignment });
        var (header, _) = await _fixture.TakeUpdateAsync();
        await StopAsync(running);
        return header.StartManifest;
    }

    [Fact]
    public async Task Train_VersionWithOffsets_TrainsOnTheBaseTheyMake()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        var offset = _fixture.RandomOffset();
        var assignment = _fixture.Train(Id);
        assignment.ManifestDigest = _fixture.AddManifest(offset);
        await peer.SendAsync(new() { Assignment = assignment });
        var (header, bytes) = await _fixture.TakeUpdateAsync();
        await _fixture.WaitUntilOutboxIsEmptyAsync();
        await StopAsync(running);

        var start = _fixture.Bundle.Version0;
        var key = BatchOrder.RoundKey(7, ClientFixture.Run, 1, "site-a");
        var settings = new Client.Training.TrainSettings { Steps = 3, BatchSize = 8, LearningRate = 0.01 };
        var (trained, _) = _fixture.Site.Train(new StartPoint(start, [offset]), settings, key, null, CancellationToken.None);
        var (plain, _) = _fixture.Site.Train(new StartPoint(start, []), settings, key, null, CancellationToken.None);
        var sent = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(header.CalculateSize())).ToArray();
        Assert.Equal(Difference(trained, start), sent);
        Assert.NotEqual(Difference(plain, start), sent);
    }

    [Fact]
    public async Task Train_OffsetThatDoesNotFit_FailsNamingItAndTheDaemonGoesOn()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        var offset = _fixture.RandomOffset();
        var assignment = _fixture.Train("broken");
        assignment.ManifestDigest = _fixture.AddManifest(offset with { Left = [.. offset.Left, 0, 0] });
        await peer.SendAsync(new() { Assignment = assignment });
        var failure = await peer.ExpectAsync(m => m.Failure);
        Assert.Equal(("broken", "F521"), (failure.AssignmentId, failure.Code));
        Assert.Contains(offset.Group, failure.Message, StringComparison.Ordinal);
        await peer.SendAsync(new() { Assignment = _fixture.Train(Id) });
        await _fixture.TakeUpdateAsync();
        await StopAsync(running);
    }

    [Fact]
    public async Task Evaluate_Assigned_ReportsTheSumsOfTheFirstImages()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { Assignment = _fixture.Evaluate("e") });
        var result = await peer.ExpectAsync(m => m.Evaluation);
        await StopAsync(running);

        var direct = _fixture.Site.Evaluate(new StartPoint(_fixture.Bundle.Version0, []), 50, 50, null, CancellationToken.None);
        Assert.Equal((50ul, (ulong)direct.Correct), (result.Samples, result.Correct));
        Assert.Equal(direct.LossSum, result.LossSum, 1e-3);
    }

    [Fact]
    public async Task Upload_CrashInTheMiddle_NextProcessNamesItAndSendsTheRestOfTheSameBytes()
    {
        using var crash = new CancellationTokenSource();
        var first = _fixture.RunDaemonAsync(crash.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { Assignment = _fixture.Train(Id) });
        var upload = await _fixture.Coordinator.UploadAsync();
        var open = (await upload.ReceiveAsync())!.Open;
        await crash.CancelAsync();
        await first.WaitAsync(Peer.Limit);
        upload.Fail(LinkFailure.Unavailable, "the client is gone");
        peer.Close();

        var second = _fixture.RunDaemonAsync(_stop.Token);
        var (hello, _) = await _fixture.WelcomeAsync();
        Assert.Equal([Id], hello.PendingAssignments);
        var again = await _fixture.Coordinator.UploadAsync();
        Assert.Equal(open.Digest, (await again.ReceiveAsync())!.Open.Digest);
        var offset = open.Header.Length + 16;
        await again.SendAsync(new() { Ready = new() { Offset = (ulong)offset } });
        Assert.Equal((int)open.Size - offset, (await ClientFixture.ReadChunksAsync(again, offset)).Length);
        await again.SendAsync(new() { Outcome = new() { Result = UploadResult.Discarded, Code = "F203", Message = "late" } });
        again.Close();
        await _fixture.WaitUntilOutboxIsEmptyAsync();
        await StopAsync(second);
    }

    [Fact]
    public async Task Upload_BytesDamagedOnTheWay_BeginsAgainAtTheFirstByte()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { Assignment = _fixture.Train(Id) });
        var upload = await _fixture.Coordinator.UploadAsync();
        var open = (await upload.ReceiveAsync())!.Open;
        await upload.SendAsync(new() { Ready = new() { Offset = (ulong)open.Header.Length } });
        await ClientFixture.ReadChunksAsync(upload, open.Header.Length);
        await upload.SendAsync(new() { Outcome = new() { Result = UploadResult.Restart } });
        upload.Close();
        await _fixture.TakeUpdateAsync();
        await StopAsync(running);
    }

    [Fact]
    public async Task Assignment_PushedAgainWhileItsUpdateWaits_IsTakenWithoutTrainingAgain()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { Assignment = _fixture.Train(Id) });
        var upload = await _fixture.Coordinator.UploadAsync();
        await peer.SendAsync(new() { Assignment = _fixture.Train(Id) });
        // Messages keep their order: an answer to the one before would have come before this.
        await peer.SendAsync(new() { Assignment = _fixture.Train("greedy", steps: 1000) });
        Assert.Equal("greedy", (await peer.ExpectAsync(m => m.AssignmentReply)).AssignmentId);
        upload.Fail(LinkFailure.Unavailable, "broken");
        await _fixture.TakeUpdateAsync();
        await StopAsync(running);
        Assert.Equal(1, _fixture.Log.Split("3 steps in").Length - 1);
    }

    [Fact]
    public async Task Upload_CallRefusedAsAWhole_IsTriedAgainBeforeItIsGivenUp()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { Assignment = _fixture.Train(Id) });
        for (var call = 0; call < 4; call++)
            (await _fixture.Coordinator.UploadAsync()).Fail(LinkFailure.Refused, "F207: a chunk is out of order.");
        await _fixture.TakeUpdateAsync();
        await StopAsync(running);
    }

    [Fact]
    public async Task Train_LossLeavesTheNumbers_FailsAndTheDaemonGoesOn()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        var wild = _fixture.Train("wild", steps: 60);
        (wild.Train.Optimizer, wild.Train.LearningRate) = ("sgd", 1e30);
        await peer.SendAsync(new() { Assignment = wild });
        Assert.Equal("F550", (await peer.ExpectAsync(m => m.Failure)).Code);
        await peer.SendAsync(new() { Assignment = _fixture.Train(Id) });
        await _fixture.TakeUpdateAsync();
        await StopAsync(running);
    }

    [Theory]
    [InlineData(1000, 8u, "at most 100")]
    [InlineData(3, 1000u, "at most 64")]
    [InlineData(0, 8u, "steps is 0")]
    public async Task Assignment_BeyondTheSitesPolicy_IsDeclinedWithTheLimit(int steps, uint batch, string reason)
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { Assignment = _fixture.Train(Id, steps, batch) });
        var reply = await peer.ExpectAsync(m => m.AssignmentReply);
        Assert.False(reply.Accepted);
        Assert.Contains(reason, reply.Reason, StringComparison.Ordinal);
        await StopAsync(running);
    }

    [Fact]
    public async Task Assignment_OfARunTheSiteDoesNotWant_IsDeclined()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        var assignment = _fixture.Train(Id);
        assignment.RunId = "other";
        await peer.SendAsync(new() { Assignment = assignment });
        Assert.False((await peer.ExpectAsync(m => m.AssignmentReply)).Accepted);
        await StopAsync(running);
    }

    /// <summary>The device belongs to one assignment at a time, whichever run it is of, in the order in which they came.</summary>
    [Fact]
    public async Task Assignments_OfSeveralRuns_QueueForTheOneDevice()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        await _fixture.JoinAsync(peer, "bars-other");
        var (first, second) = (_fixture.Train(Id, steps: 40), _fixture.Train("bars-other:1:1:t:site-a"));
        (second.RunId, second.ManifestDigest) = ("bars-other", _fixture.AddManifest("bars-other"));
        await peer.SendAsync(new() { Assignment = first });
        await peer.SendAsync(new() { Assignment = second });
        var updates = new[] { await _fixture.TakeUpdateAsync(), await _fixture.TakeUpdateAsync() };
        await StopAsync(running);

        Assert.Equal([Id, second.AssignmentId], updates.Select(u => u.Header.AssignmentId));
    }

    [Fact]
    public async Task Assignment_BlobsDoNotExist_FailsWithACodeAndTheNextOneIsDone()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        var broken = _fixture.Train("broken");
        broken.ManifestDigest = ByteString.CopyFrom(new byte[32]);
        await peer.SendAsync(new() { Assignment = broken });
        var failure = await peer.ExpectAsync(m => m.Failure);
        Assert.Equal(("broken", "F543"), (failure.AssignmentId, failure.Code));
        await peer.SendAsync(new() { Assignment = _fixture.Train(Id) });
        await _fixture.TakeUpdateAsync();
        await StopAsync(running);
    }

    [Fact]
    public async Task Cancel_WhileItsUpdateWaits_DropsTheUpdate()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { Assignment = _fixture.Train(Id) });
        var upload = await _fixture.Coordinator.UploadAsync();
        await peer.SendAsync(new() { Cancel = new() { AssignmentId = Id, Reason = "superseded" } });
        await _fixture.WaitUntilOutboxIsEmptyAsync();
        upload.Fail(LinkFailure.Unavailable, "broken");
        await StopAsync(running);
    }

    [Fact]
    public async Task Join_RunForAnotherBase_EndsWithOneSentenceWhereNothingElseIsToCome()
    {
        _fixture.Configuration = _fixture.Configuration with { ExitWhenIdle = true };
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var peer = await _fixture.Coordinator.ConnectionAsync();
        await peer.ReceiveAsync();
        var offer = _fixture.Offer();
        offer.BaseDigest = ByteString.CopyFrom(new byte[32]);
        await peer.SendAsync(new() { Welcome = new() { HeartbeatSeconds = 30, Runs = { offer } } });
        var fault = await Assert.ThrowsAsync<ClientFault>(() => running.WaitAsync(Peer.Limit));
        Assert.Equal(("F523", ClientExit.Failed), (fault.Code, fault.Exit));
        Assert.Contains(_fixture.Site.BaseDigest, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_SchemaOfAnotherModel_IsNotJoined()
    {
        _fixture.Configuration = _fixture.Configuration with { ExitWhenIdle = true };
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var peer = await _fixture.Coordinator.ConnectionAsync();
        await peer.ReceiveAsync();
        var schema = System.Text.Encoding.UTF8.GetString(_fixture.Bundle.Schema.ToJson()).Replace("encoder.layer.0", "encoder.layer.9", StringComparison.Ordinal);
        var offer = _fixture.Offer();
        offer.SchemaDigest = _fixture.Coordinator.AddBlob(System.Text.Encoding.UTF8.GetBytes(schema));
        await peer.SendAsync(new() { Welcome = new() { HeartbeatSeconds = 30, Runs = { offer } } });
        var fault = await Assert.ThrowsAsync<ClientFault>(() => running.WaitAsync(Peer.Limit));
        Assert.Contains("encoder.layer.9", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunEnded_ExitWhenIdle_EndsWell()
    {
        _fixture.Configuration = _fixture.Configuration with { ExitWhenIdle = true };
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { RunEnded = new() { RunId = ClientFixture.Run, Outcome = "completed" } });
        await running.WaitAsync(Peer.Limit);
    }

    [Fact]
    public async Task RunEnded_WhileAway_IsAskedForOnReturn()
    {
        _fixture.Configuration = _fixture.Configuration with { ExitWhenIdle = true, Runs = ["elsewhere", "any-*", ClientFixture.Run] };
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, first) = await _fixture.WelcomeAsync();
        first.Fail(LinkFailure.Unavailable, "restarting");
        var second = await _fixture.Coordinator.ConnectionAsync();
        Assert.Equal([ClientFixture.Run, "elsewhere"], (await second.ReceiveAsync())!.Hello.Runs);
        await second.SendAsync(new() { Welcome = new() { HeartbeatSeconds = 30 } });
        await second.SendAsync(new() { RunEnded = new() { RunId = ClientFixture.Run, Outcome = "completed" } });
        await running.WaitAsync(Peer.Limit);
    }

    [Fact]
    public async Task Join_RunThatEndedMeanwhile_IsAnEndAndNoRefusal()
    {
        _fixture.Configuration = _fixture.Configuration with { ExitWhenIdle = true };
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var peer = await _fixture.Coordinator.ConnectionAsync();
        await peer.ReceiveAsync();
        await peer.SendAsync(new() { Welcome = new() { HeartbeatSeconds = 30, Runs = { _fixture.Offer() } } });
        await peer.ExpectAsync(m => m.Join);
        await peer.SendAsync(new() { RunEnded = new() { RunId = ClientFixture.Run, Outcome = "completed" } });
        try
        {
            await peer.SendAsync(new() { JoinReply = new() { RunId = ClientFixture.Run, Code = "F104", Message = "Run 'r' is completed." } });
        }
        catch (LinkException)
        {
            // It has heard that the run ended, and gone.
        }
        await running.WaitAsync(Peer.Limit);
    }

    [Fact]
    public async Task Goodbye_Superseded_StopsForGood()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { Goodbye = new() { Reason = "superseded" } });
        var fault = await Assert.ThrowsAsync<ClientFault>(() => running.WaitAsync(Peer.Limit));
        Assert.Equal("F542", fault.Code);
    }

    [Fact]
    public async Task Connection_Lost_ComesBackWithItsWork()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        var (_, peer) = await _fixture.WelcomeAsync();
        await peer.SendAsync(new() { Assignment = _fixture.Train(Id) });
        await _fixture.Coordinator.UploadAsync();
        peer.Fail(LinkFailure.Unavailable, "restarting");
        var (hello, _) = await _fixture.WelcomeAsync();
        Assert.Equal([Id], hello.PendingAssignments);
        await _fixture.TakeUpdateAsync();
        await StopAsync(running);
    }

    [Fact]
    public async Task Hello_RefusedByTheServer_EndsWithItsSentence()
    {
        var running = _fixture.RunDaemonAsync(_stop.Token);
        (await _fixture.Coordinator.ConnectionAsync()).Fail(LinkFailure.Refused, "F301: another token holds this id.");
        var fault = await Assert.ThrowsAsync<ClientFault>(() => running.WaitAsync(Peer.Limit));
        Assert.Equal(("F541", ClientExit.Failed), (fault.Code, fault.Exit));
        Assert.Contains("F301", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_NeverThere_GivesUpOnlyWhenTold()
    {
        var time = new ManualTime();
        _fixture.Configuration = _fixture.Configuration with { Reconnect = new ReconnectConfiguration(1000, 1000, 60) };
        var running = _fixture.RunDaemonAsync(_stop.Token, time);
        while (!running.IsCompleted)
        {
            var connection = _fixture.Coordinator.ConnectionAsync();
            while (!connection.IsCompleted && !running.IsCompleted)
                await AdvanceWhenArmedAsync(time, running, TimeSpan.FromSeconds(1));
            if (connection.IsCompleted)
                (await connection).Fail(LinkFailure.Unavailable, "connection refused");
        }
        var fault = await Assert.ThrowsAsync<ClientFault>(() => running.WaitAsync(Peer.Limit));
        Assert.Equal(("F540", ClientExit.Environment), (fault.Code, fault.Exit));
        Assert.True(time.GetUtcNow().ToUnixTimeSeconds() >= 60);
    }

    [Fact]
    public async Task Heartbeat_BothSilent_SendsOneAndThenGivesTheConnectionUp()
    {
        var time = new ManualTime();
        _fixture.Configuration = _fixture.Configuration with { Reconnect = new ReconnectConfiguration(1000, 1000) };
        var running = _fixture.RunDaemonAsync(_stop.Token, time);
        var (_, peer) = await _fixture.WelcomeAsync(heartbeatSeconds: 10);
        await AdvanceWhenArmedAsync(time, running, TimeSpan.FromSeconds(10));
        await peer.ExpectAsync(m => m.Heartbeat);
        await AdvanceWhenArmedAsync(time, running, TimeSpan.FromSeconds(25));
        var again = _fixture.Coordinator.ConnectionAsync();
        while (!again.IsCompleted)
            await AdvanceWhenArmedAsync(time, running, TimeSpan.FromSeconds(1));
        await StopAsync(running);
        Assert.Contains("silent for 30 s", _fixture.Log, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _fixture.Dispose();
    }

    async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await running.WaitAsync(Peer.Limit);
    }

    static async Task AdvanceWhenArmedAsync(ManualTime time, Task running, TimeSpan by)
    {
        using var limit = new CancellationTokenSource(Peer.Limit);
        while (time.Armed == 0 && !running.IsCompleted)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        time.Advance(by);
    }

    static float[] Difference(AdapterTensors trained, AdapterTensors start) => [.. trained.Values.ToArray().Zip(start.Values.ToArray(), (a, b) => a - b)];
}
