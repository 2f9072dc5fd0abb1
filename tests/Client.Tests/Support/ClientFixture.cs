using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Adapters;
using Federated.Client.Configuration;
using Federated.Client.Rounds;
using Federated.Client.Storage;
using Federated.Client.Transport;
using Federated.Client.Transport.InProcess;
using Federated.Formats.Safetensors;
using Federated.Formats.Versions;
using Federated.Protos.V1;
using Google.Protobuf;
using Site = Federated.Client.Rounds.Site;
using UpdateHeader = Federated.Protos.V1.UpdateHeader;

namespace Federated.Client.Tests.Support;

/// <summary>A real site with a tiny model and tiny data, and a coordinator that the test plays.</summary>
sealed class ClientFixture : IDisposable
{
    public const string Run = "bars-fair";

    readonly TestFolder _folder = new();
    readonly StringWriter _log = new();

    public ClientFixture()
    {
        IdxFiles.WriteBars(_folder["i"], _folder["l"], 60, 8, 4, 1);
        using (var model = SmallVit.Load(_folder["base"]))
            Bundle = AdapterInitializer.Create(model, new AdapterRequest { Options = new Dictionary<string, string> { ["r"] = "2", ["head"] = "trained" } });
        SchemaDigest = Coordinator.AddBlob(Bundle.Schema.ToJson());
        PlanDigest = Coordinator.AddBlob(Bundle.Plan.ToJson());
        ManifestDigest = Coordinator.AddBlob(Manifest().ToByteArray());
        Site = OpenSite();
    }

    public TestCoordinator Coordinator { get; } = new();

    public AdapterBundle Bundle { get; }

    public Site Site { get; }

    public ByteString SchemaDigest { get; }

    public ByteString PlanDigest { get; }

    public ByteString ManifestDigest { get; }

    public string Log => _log.ToString();

    public string StateFolder => _folder["state"];

    public ClientConfiguration Configuration { get; set; } = null!;

    public Site OpenSite()
    {
        Configuration = new ClientConfiguration
        {
            Id = "site-a",
            Server = new Uri("http://127.0.0.1:1"),
            State = StateFolder,
            Model = _folder["base"],
            Data = new DataConfiguration { Images = _folder["i"], Labels = _folder["l"], EvalImages = _folder["i"], EvalLabels = _folder["l"] },
            Runs = ["bars-*"],
            Reconnect = new ReconnectConfiguration(1, 20),
            Policy = new SitePolicy(100, 64),
        };
        return Site.Open(Configuration);
    }

    /// <summary>Runs a daemon until it ends or <paramref name="stopping"/>; each call is a process of its own as far as memory goes.</summary>
    public Task RunDaemonAsync(CancellationToken stopping, TimeProvider? time = null, ICoordinatorTransport? transport = null, IWorksite? site = null) => Task.Run(async () =>
    {
        using var state = ClientState.Open(StateFolder);
        await using var link = transport ?? new InProcessTransport(Coordinator.Handlers);
        time ??= TimeProvider.System;
        using var daemon = new ClientDaemon(Configuration, site ?? Site, state, link, new ClientRuntime(time, new Random(1), new ClientLog(_log, time), new DeviceThread(1)));
        await daemon.RunAsync(stopping);
    }, CancellationToken.None);

    public RunOffer Offer(string run = Run) => new()
    {
        RunId = run,
        Name = run,
        BaseDigest = ByteString.CopyFrom(Convert.FromHexString(Site.BaseDigest)),
        SchemaDigest = SchemaDigest,
        Trust = "server",
    };

    public Assignment Train(string id, int steps = 3, uint batch = 8) => new()
    {
        AssignmentId = id,
        RunId = Run,
        Round = 1,
        Kind = AssignmentKind.Train,
        ManifestDigest = ManifestDigest,
        SchemaDigest = SchemaDigest,
        PlanDigest = PlanDigest,
        Train = new TrainSettings { Steps = (uint)steps, BatchSize = batch, Optimizer = "adamw", LearningRate = 0.01 },
        Encoding = Protos.V1.TensorEncoding.F32,
        Seed = 7,
    };

    public Assignment Evaluate(string id)
    {
        var assignment = Train(id);
        assignment.Kind = AssignmentKind.Evaluate;
        assignment.Evaluate = new EvaluateSettings { BatchSize = 7, MaxSamples = 50 };
        return assignment;
    }

    /// <summary>Takes a connection up to the point where the client has joined.</summary>
    public async Task<(Hello Hello, Peer<ServerMessage, ClientMessage> Peer)> WelcomeAsync(uint heartbeatSeconds = 30)
    {
        var peer = await Coordinator.ConnectionAsync();
        var hello = (await peer.ReceiveAsync())!.Hello;
        await peer.SendAsync(new() { Welcome = new() { ProtocolVersion = 1, Software = "test", HeartbeatSeconds = heartbeatSeconds, Runs = { Offer() } } });
        var join = await peer.ExpectAsync(m => m.Join);
        Assert.Equal(SchemaDigest, join.SchemaDigest);
        await peer.SendAsync(new() { JoinReply = new() { RunId = Run, Joined = true } });
        return (hello, peer);
    }

    /// <summary>Offers another run, which the client joins.</summary>
    public async Task JoinAsync(Peer<ServerMessage, ClientMessage> peer, string run)
    {
        await peer.SendAsync(new() { Offer = Offer(run) });
        Assert.Equal(run, (await peer.ExpectAsync(m => m.Join)).RunId);
        await peer.SendAsync(new() { JoinReply = new() { RunId = run, Joined = true } });
    }

    /// <summary>Plays an upload to its end.</summary>
    public async Task<(UpdateHeader Header, byte[] Bytes)> TakeUpdateAsync()
    {
        var peer = await Coordinator.UploadAsync();
        var open = (await peer.ReceiveAsync())!.Open;
        await peer.SendAsync(new() { Ready = new() { Offset = (ulong)open.Header.Length } });
        var bytes = open.Header.ToByteArray().Concat(await ReadChunksAsync(peer, open.Header.Length)).ToArray();
        Assert.Equal(open.Size, (ulong)bytes.Length);
        Assert.Equal(Convert.ToHexStringLower(open.Digest.Span), Formats.Digests.TreeDigest.Of(bytes));
        await peer.SendAsync(new() { Outcome = new() { Result = UploadResult.Accepted, Receipt = open.Digest } });
        peer.Close();
        return (UpdateHeader.Parser.ParseFrom(open.Header), bytes);
    }

    public async Task WaitUntilOutboxIsEmptyAsync()
    {
        using var limit = new CancellationTokenSource(Peer.Limit);
        while (OutboxFiles.Waiting(Path.Combine(StateFolder, "outbox")).Any())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public static async Task<byte[]> ReadChunksAsync(Peer<UploadReply, UploadFrame> peer, int from)
    {
        var bytes = new MemoryStream();
        while (await peer.ReceiveAsync() is { } frame)
        {
            Assert.Equal((ulong)(from + bytes.Length), frame.Chunk.Offset);
            Assert.InRange(frame.Chunk.Data.Length, 1, 256 << 10);
            frame.Chunk.Data.WriteTo(bytes);
        }
        return bytes.ToArray();
    }

    public void Dispose()
    {
        Site.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }

    /// <summary>A frozen factor of the first LoRA group.</summary>
    public OffsetFactor RandomOffset()
    {
        var group = Bundle.Version0.Layout.Groups.First(g => g.Group.Product is not null);
        var (m, n, random) = (group.Find("lora_B")!.Shape[0], group.Find("lora_A")!.Shape[1], new Random(5));
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
        return new OffsetFactor(group.Group.Name, 2, Draw(2 * m), Draw(2 * n), 0.75);
    }

    /// <summary>A manifest of version 0 with one offset.</summary>
    public ByteString AddManifest(OffsetFactor offset)
    {
        var manifest = Manifest();
        var bytes = OffsetFile.Write(offset);
        manifest.Offsets.Add(new GroupBlob { Group = offset.Group, Digest = Coordinator.AddBlob(bytes), Size = (ulong)bytes.Length });
        return Coordinator.AddBlob(manifest.ToByteArray());
    }

    /// <summary>What the groups of version 0 hold, in their order.</summary>
    public IEnumerable<byte[]> GroupBytes() => Bundle.Version0.Layout.Groups.Select(group =>
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, group.Tensors.Select(t => TensorContent.Singles(t.Name, [.. t.Shape.Select(s => (long)s)], Bundle.Version0[t])));
        return stream.ToArray();
    });

    /// <summary>A manifest of version 0 of another run.</summary>
    public ByteString AddManifest(string run) => Coordinator.AddBlob(Manifest(run).ToByteArray());

    /// <summary>A manifest that the coordinator does not hold.</summary>
    public byte[] ManifestBytes(string run = Run, uint version = 0) => Manifest(run, version).ToByteArray();

    AdapterManifest Manifest(string run = Run, uint version = 0)
    {
        var manifest = new AdapterManifest { RunId = run, Version = version, SchemaDigest = SchemaDigest, PlanDigest = PlanDigest };
        foreach (var (group, bytes) in Bundle.Version0.Layout.Groups.Zip(GroupBytes()))
            manifest.Groups.Add(new GroupBlob { Group = group.Group.Name, Digest = Coordinator.AddBlob(bytes), Size = (ulong)bytes.Length });
        return manifest;
    }
}
