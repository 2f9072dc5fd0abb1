using Federated.Protos.V1;
using Federated.Server.Rounds;
using Federated.Server.Storage;
using Google.Protobuf;
using Grpc.Core;
using Server.Tests.Kit;

namespace Server.Tests.Transport;

public sealed class UploadTests : IAsyncLifetime
{
    static readonly TestAdapter Adapter = new();

    readonly ManualClock _clock = new();
    readonly ServerKit _server;
    readonly SyntheticClient _client;
    Assignment _assignment = new();
    RoundLoop Loop => _server.Runs.All[0];

    public UploadTests()
    {
        _server = new ServerKit(time: _clock);
        _client = new SyntheticClient("a", _server.Wire, Adapter);
    }

    public async ValueTask InitializeAsync()
    {
        await _server.CreateAsync(Adapter, Adapter.Spec("uploads", rounds: 2, cohort: 1, s => s["limits"] = new System.Text.Json.Nodes.JsonObject { ["updateNorm"] = 10 }));
        _assignment = await (await Conversation.OpenAsync(_server, _client)).JoinAsync(_client);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Upload_Right_IsAcceptedWithItsDigestAsReceipt()
    {
        var (open, bytes) = _client.Update(_assignment);

        var outcome = await SendAsync(open, bytes);

        Assert.Equal(UploadResult.Accepted, outcome.Result);
        Assert.Equal(open.Digest, outcome.Receipt);
    }

    [Fact]
    public async Task Upload_SameAgainARoundLater_IsAnsweredFromTheReceipt()
    {
        var (open, bytes) = _client.Update(_assignment);
        await SendAsync(open, bytes);
        await Loop.WaitAsync(s => s.Round == 2 && s.Phase == RoundPhase.Collecting, CancellationToken.None).DefaultTimeout();

        var again = await SendAsync(open, bytes);

        Assert.Equal((UploadResult.Accepted, open.Digest), (again.Result, again.Receipt));
        Assert.Equal(1, Loop.Current.State.Version.Version);
    }

    [Fact]
    public async Task Upload_AnotherDigestARoundLater_IsRejected()
    {
        var (open, bytes) = _client.Update(_assignment);
        await SendAsync(open, bytes);
        await Loop.WaitAsync(s => s.Round == 2, CancellationToken.None).DefaultTimeout();

        var (other, otherBytes) = Altered(_ => { }, scale: 2);

        AssertRejected("F202", await SendAsync(other, otherBytes));
    }

    public static TheoryData<string, string> WrongHeaders => new()
    {
        { "round", "F207" }, { "schema", "F207" }, { "base", "F207" }, { "start", "F207" }, { "plan", "F207" }, { "samples", "F217" },
        { "name", "F208" }, { "order", "F208" }, { "shape", "F208" }, { "missing", "F208" }, { "bytes", "F209" },
    };

    [Theory]
    [MemberData(nameof(WrongHeaders))]
    public async Task Upload_WrongHeader_IsRejectedBeforeItsBytesTravel(string what, string code)
    {
        var (open, bytes) = Altered(header =>
        {
            var zeros = ByteString.CopyFrom(new byte[32]);
            switch (what)
            {
                case "round": header.Round = 9; break;
                case "schema": header.SchemaDigest = zeros; break;
                case "base": header.BaseDigest = zeros; break;
                case "start": header.StartManifest = zeros; break;
                case "plan": header.PlanVersion = 9; break;
                case "samples": header.Samples = 0; break;
                case "name": header.Tensors[0].Name = "other"; break;
                case "order": (header.Tensors[0], header.Tensors[1]) = (header.Tensors[1], header.Tensors[0]); break;
                case "shape": header.Tensors[0].Shape[0]++; break;
                case "missing": header.Tensors.RemoveAt(0); break;
                case "bytes": header.Tensors[0].ByteLength--; break;
            }
        });

        var stream = _server.Transport.Upload(_client.Token, out _, CancellationToken.None);
        await stream.WriteAsync(new UploadFrame { Open = open }, CancellationToken.None);
        var reply = await stream.ReadAsync(CancellationToken.None).DefaultTimeout();

        AssertRejected(code, reply!.Outcome);
        Assert.NotEmpty(bytes);
        Assert.Equal(ParticipationState.Rejected, Loop.Current.State.Participations["a"].State);
    }

    [Fact]
    public async Task Upload_OneNaN_IsRejectedAndNamesTheTensor()
    {
        var (open, bytes) = _client.Update(_assignment);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), float.NaN);
        (open, bytes) = SyntheticClient.Seal(UpdateHeader.Parser.ParseFrom(open.Header), bytes[open.Header.Length..]);

        var outcome = await SendAsync(open, bytes);

        AssertRejected("F210", outcome);
        Assert.Contains("classifier", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_NormAboveTheLimit_IsRejected()
    {
        var (open, bytes) = Altered(_ => { }, scale: 100);
        AssertRejected("F211", await SendAsync(open, bytes));
    }

    [Fact]
    public async Task Upload_SizeOtherThanTheSchemas_IsRejected()
    {
        var (open, bytes) = _client.Update(_assignment);
        open.Size += 4;
        AssertRejected("F209", await SendAsync(open, bytes));
    }

    [Fact]
    public async Task Upload_BytesWithAnotherDigest_RestartsAndThenSucceeds()
    {
        var (open, bytes) = _client.Update(_assignment);
        byte[] damaged = [.. bytes[..^1], (byte)(bytes[^1] ^ 1)];

        var first = await SendAsync(open, damaged);

        Assert.Equal((UploadResult.Restart, "F214"), (first.Result, first.Code));
        Assert.Equal(UploadResult.Accepted, (await SendAsync(open, bytes)).Result);
    }

    [Fact]
    public async Task Upload_AssignmentOfAnotherClient_IsNotFound()
    {
        var other = new SyntheticClient("b", _server.Wire, Adapter);
        await (await Conversation.OpenAsync(_server, other)).HearAsync(ServerMessage.MessageOneofCase.Welcome);
        var (open, bytes) = other.Update(_assignment);

        var outcome = await _server.Wire.UploadAsync(other.Token, open, bytes, CancellationToken.None).DefaultTimeout();

        Assert.Equal((UploadResult.Discarded, "F203"), (outcome.Result, outcome.Code));
        Assert.Equal(ParticipationState.Assigned, Loop.Current.State.Participations["a"].State);
    }

    [Fact]
    public async Task Upload_WithAnotherClientsToken_IsUnauthenticated()
    {
        var (open, bytes) = _client.Update(_assignment);

        var error = await Assert.ThrowsAsync<RpcException>(() => _server.Wire.UploadAsync("stolen", open, bytes, CancellationToken.None).DefaultTimeout());

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.StartsWith("F301: ", error.Status.Detail, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> BrokenStreams => new()
    {
        { "chunk first", "F307" }, { "empty frame", "F307" }, { "garbage header", "F206" }, { "no header", "F206" }, { "short digest", "F502" },
        { "gap", "F212" }, { "again", "F212" }, { "oversize chunk", "F213" }, { "open twice", "F307" }, { "too much", "F209" }, { "ends early", "F209" },
    };

    [Theory]
    [MemberData(nameof(BrokenStreams))]
    public async Task Upload_BrokenStream_IsRefusedAndTheNextOneWorks(string how, string code)
    {
        var (open, bytes) = _client.Update(_assignment);
        var stream = _server.Transport.Upload(_client.Token, out var complete, CancellationToken.None);

        await SayAsync(stream, how, open.Clone(), bytes, complete);

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await stream.ReadAsync(CancellationToken.None).DefaultTimeout() is { Ready: not null })
            {
            }
        });
        Assert.StartsWith($"{code}: ", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(UploadResult.Accepted, (await SendAsync(open, bytes)).Result);
    }

    /// <summary>A client that does not wait to hear where to begin, at a coordinator that holds more than it thinks.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upload_BegunUnasked_IsAcceptedWhateverIsThere(bool resumed)
    {
        await using var server = new ServerKit();
        var adapter = new TestAdapter(modules: 3, width: 20_000, rank: 4);
        await server.CreateAsync(adapter, adapter.Spec("large", rounds: 1, cohort: 1));
        var client = new SyntheticClient("b", server.Wire, adapter);
        var (open, bytes) = client.Update(await (await Conversation.OpenAsync(server, client)).JoinAsync(client));
        if (resumed)
        {
            using var spool = await server.Spools.OpenAsync(new SpoolKey("large", 1, Convert.ToHexStringLower(open.Digest.Span)), bytes.Length, CancellationToken.None);
            spool.Append(bytes.AsSpan(0, (1 << 20) + 100));
        }
        var stream = server.Transport.Upload(client.Token, out var complete, CancellationToken.None);
        await stream.WriteAsync(new UploadFrame { Open = open }, CancellationToken.None);
        // Beside the reading: what is between them holds only so much.
        var saying = SayAllAsync(stream, bytes, open.Header.Length);
        var ready = (await stream.ReadAsync(CancellationToken.None).DefaultTimeout())!.Ready;
        Assert.Equal(resumed ? (1ul << 20) + 100 : (ulong)open.Header.Length, ready.Offset);
        await saying.DefaultTimeout();
        complete();
        Assert.Equal(UploadResult.Accepted, (await stream.ReadAsync(CancellationToken.None).DefaultTimeout())!.Outcome.Result);
    }

    [Fact]
    public async Task Upload_StalledStream_IsEndedAndNewerOneTakesOver()
    {
        var (open, bytes) = _client.Update(_assignment);
        var stalled = _server.Transport.Upload(_client.Token, out _, CancellationToken.None);
        await stalled.WriteAsync(new UploadFrame { Open = open }, CancellationToken.None);
        Assert.NotNull((await stalled.ReadAsync(CancellationToken.None).DefaultTimeout())!.Ready);

        var outcome = await SendAsync(open, bytes);

        Assert.Equal(UploadResult.Accepted, outcome.Result);
        var error = await Assert.ThrowsAsync<RpcException>(() => stalled.ReadAsync(CancellationToken.None).DefaultTimeout());
        Assert.StartsWith("F205: ", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_SilentForAMinute_IsEnded()
    {
        var (open, _) = _client.Update(_assignment);
        var armed = _clock.Armed;
        var stalled = _server.Transport.Upload(_client.Token, out _, CancellationToken.None);
        await stalled.WriteAsync(new UploadFrame { Open = open }, CancellationToken.None);
        await stalled.ReadAsync(CancellationToken.None).DefaultTimeout();
        for (var i = 0; i < 1_000 && _clock.Armed <= armed; i++)
            await Task.Yield();

        _clock.Advance(TimeSpan.FromSeconds(61));

        var error = await Assert.ThrowsAsync<RpcException>(() => stalled.ReadAsync(CancellationToken.None).DefaultTimeout());
        Assert.StartsWith("F215: ", error.Status.Detail, StringComparison.Ordinal);
    }

    Task<UploadOutcome> SendAsync(UploadOpen open, byte[] bytes) => _server.Wire.UploadAsync(_client.Token, open, bytes, CancellationToken.None).DefaultTimeout();

    (UploadOpen Open, byte[] Bytes) Altered(Action<UpdateHeader> change, float scale = 0.01f)
    {
        var (open, bytes) = new SyntheticClient("a", _server.Wire, Adapter) { Scale = scale }.Update(_assignment);
        var header = UpdateHeader.Parser.ParseFrom(open.Header);
        change(header);
        return SyntheticClient.Seal(header, bytes[open.Header.Length..]);
    }

    static async Task SayAsync(Federated.Server.Transport.Seam.IMessageStream<UploadReply, UploadFrame> stream, string how, UploadOpen open, byte[] bytes, Action complete)
    {
        Task Say(UploadFrame frame) => stream.WriteAsync(frame, CancellationToken.None);
        Task Chunk(int offset, byte[] data) => Say(new UploadFrame { Chunk = new UploadChunk { Offset = (ulong)offset, Data = ByteString.CopyFrom(data) } });
        switch (how)
        {
            case "chunk first": await Chunk(0, [1]); return;
            case "empty frame": await Say(new UploadFrame()); return;
            case "garbage header": open.Header = ByteString.CopyFrom(0xff, 0xff, 0xff); break;
            case "no header": open.Header = ByteString.Empty; break;
            case "short digest": open.Digest = ByteString.CopyFrom(1, 2); break;
        }
        await Say(new UploadFrame { Open = open });
        var head = open.Header.Length;
        switch (how)
        {
            case "gap": await Chunk(head + 1, [1]); break;
            case "again": await Chunk(head, bytes[head..(head + 4)]); await Chunk(head, bytes[head..(head + 4)]); break;
            case "oversize chunk": await Chunk(head, new byte[(1 << 18) + 1]); break;
            case "open twice": await Say(new UploadFrame { Open = open }); break;
            case "too much": await Chunk(head, [.. bytes[head..], 1]); break;
            case "ends early": await Chunk(head, bytes[head..^1]); complete(); break;
        }
    }

    static async Task SayAllAsync(Federated.Server.Transport.Seam.IMessageStream<UploadReply, UploadFrame> stream, byte[] bytes, int from)
    {
        for (var offset = from; offset < bytes.Length; offset += UploadDriver.ChunkBytes)
        {
            var data = ByteString.CopyFrom(bytes.AsSpan(offset, Math.Min(UploadDriver.ChunkBytes, bytes.Length - offset)));
            await stream.WriteAsync(new UploadFrame { Chunk = new UploadChunk { Offset = (ulong)offset, Data = data } }, CancellationToken.None);
        }
    }

    static void AssertRejected(string code, UploadOutcome outcome) => Assert.Equal((UploadResult.Rejected, code), (outcome.Result, outcome.Code));
}
