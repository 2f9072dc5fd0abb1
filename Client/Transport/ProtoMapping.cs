using Federated.Client.Privacy;
using Federated.Client.Rounds;
using Federated.Client.Storage;
using Federated.Client.Training;
using Federated.Client.Transport.Messages;
using Google.Protobuf;
using Encoding = Federated.Aggregators.Adapters.TensorEncoding;
using Wire = Federated.Protos.V1;

namespace Federated.Client.Transport;

/// <summary>The one place where the client meets the generated message types.</summary>
static class ProtoMapping
{
    const uint ProtocolVersion = 1;

    /// <summary>Below the wire's limits of 1,024 characters a text and 256 ids a hello.</summary>
    const int MaximumText = 1000, MaximumPending = 256, MaximumRuns = 256;

    /// <summary>As much as a coordinator sends with an assignment; what is more would only wait in memory.</summary>
    const int MaximumBlobsBytes = 512 << 10;

    static readonly (Encoding Own, Wire.TensorEncoding Wire)[] Encodings =
    [
        (Encoding.F32, Wire.TensorEncoding.F32),
        (Encoding.F16, Wire.TensorEncoding.F16),
        (Encoding.BF16, Wire.TensorEncoding.Bf16),
        (Encoding.I8Block, Wire.TensorEncoding.I8Block),
        (Encoding.NF4, Wire.TensorEncoding.Nf4),
        (Encoding.TopK, Wire.TensorEncoding.TopK),
    ];

    public static Wire.ClientMessage ToWire(ClientReport report) => report switch
    {
        ClientReport.Hello hello => new() { Hello = ToWire(hello) },
        ClientReport.Join join => new()
        {
            Join = new()
            {
                RunId = join.RunId,
                BaseDigest = Bytes(join.BaseDigest),
                SchemaDigest = Bytes(join.SchemaDigest),
                TrainingSamples = (ulong)join.TrainingSamples,
                EvaluationSamples = (ulong)join.EvaluationSamples,
            },
        },
        ClientReport.Leave leave => new() { Leave = new() { RunId = leave.RunId, Reason = Shorten(leave.Reason) } },
        ClientReport.Declined declined => new()
        {
            AssignmentReply = new() { AssignmentId = declined.AssignmentId, Reason = Shorten(declined.Reason) },
        },
        ClientReport.Progress p => new()
        {
            Progress = new() { AssignmentId = p.AssignmentId, Phase = p.Phase, Step = (uint)p.Step, Steps = (uint)p.Steps, Loss = p.Loss },
        },
        ClientReport.Evaluated e => new()
        {
            Evaluation = new() { AssignmentId = e.AssignmentId, Samples = (ulong)e.Sums.Samples, Correct = (ulong)e.Sums.Correct, LossSum = e.Sums.LossSum },
        },
        ClientReport.Failed f => new() { Failure = new() { AssignmentId = f.AssignmentId, Code = f.Code, Message = Shorten(f.Message) } },
        ClientReport.Heartbeat h => new() { Heartbeat = new() { Sequence = h.Sequence } },
        _ => throw new ArgumentException($"No message stands for {report.GetType()}.", nameof(report)),
    };

    /// <summary>Null for a message that this version does not know.</summary>
    public static ServerEvent? FromWire(Wire.ServerMessage message) => message.MessageCase switch
    {
        Wire.ServerMessage.MessageOneofCase.Welcome => new ServerEvent.Welcome(message.Welcome.Software,
            TimeSpan.FromSeconds(Math.Clamp(message.Welcome.HeartbeatSeconds, 1, 3600)), [.. message.Welcome.Runs.Select(FromWire)]),
        Wire.ServerMessage.MessageOneofCase.Offer => new ServerEvent.Offered(FromWire(message.Offer)),
        Wire.ServerMessage.MessageOneofCase.JoinReply => new ServerEvent.JoinAnswered(
            message.JoinReply.RunId, message.JoinReply.Joined, $"{message.JoinReply.Code}: {message.JoinReply.Message}"),
        Wire.ServerMessage.MessageOneofCase.Assignment => new ServerEvent.Assigned(FromWire(message.Assignment)),
        Wire.ServerMessage.MessageOneofCase.Cancel => new ServerEvent.Cancelled(message.Cancel.AssignmentId, message.Cancel.Reason),
        Wire.ServerMessage.MessageOneofCase.RunEnded => new ServerEvent.RunEnded(message.RunEnded.RunId, message.RunEnded.Outcome),
        Wire.ServerMessage.MessageOneofCase.Heartbeat => new ServerEvent.Heartbeat(),
        Wire.ServerMessage.MessageOneofCase.Goodbye => new ServerEvent.Goodbye(
            message.Goodbye.Reason, TimeSpan.FromMilliseconds(Math.Min(message.Goodbye.ReconnectAfterMs, 86_400_000))),
        Wire.ServerMessage.MessageOneofCase.Refusal => new ServerEvent.Refused(message.Refusal.Code, message.Refusal.Message, message.Refusal.Subject),
        _ => null,
    };

    /// <summary>The serialised header: the first bytes of an update's byte string.</summary>
    public static byte[] ToBytes(UpdateEnvelope envelope)
    {
        var header = new Wire.UpdateHeader
        {
            RunId = envelope.Work.RunId,
            AssignmentId = envelope.Work.Id,
            ClientId = envelope.ClientId,
            Round = (uint)envelope.Work.Round,
            SchemaDigest = Bytes(envelope.Work.SchemaDigest),
            BaseDigest = Bytes(envelope.Header.BaseDigest),
            StartManifest = Bytes(envelope.Work.ManifestDigest),
            PlanVersion = (uint)envelope.Header.PlanVersion,
            Samples = (ulong)envelope.Samples,
            LocalSteps = (uint)envelope.LocalSteps,
            TrainingLoss = envelope.TrainingLoss,
        };
        if (envelope.Cost is { } cost)
            (header.TrainSeconds, header.PeakBytes) = (cost.Seconds, (ulong)cost.PeakBytes);
        if (envelope.Measurement is { } measurement)
            header.Measurement = ToWire(measurement);
        // Names are left out: both sides know the order, and for tensors as short as a bias the names would weigh a percent of the update.
        header.Tensors.AddRange(envelope.Header.Tensors.Select(t => new Wire.TensorHeader
        {
            Shape = { t.Shape.Select(s => (uint)s) },
            Encoding = ToWire(t.Encoding),
            ByteLength = (ulong)t.Bytes,
        }));
        return header.ToByteArray();
    }

    /// <exception cref="FormatException">The bytes are no manifest.</exception>
    public static AdapterManifest ReadManifest(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var manifest = Wire.AdapterManifest.Parser.ParseFrom(bytes);
            return new AdapterManifest(manifest.RunId, (int)manifest.Version, Hex(manifest.SchemaDigest), Hex(manifest.PlanDigest),
                [.. manifest.Groups.Select(FromWire)], [.. manifest.Offsets.Select(FromWire)]);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new FormatException($"The adapter manifest cannot be read: {e.Message}", e);
        }
    }

    /// <param name="blobs">1 or more.</param>
    public static Wire.DownloadRequest Download(IReadOnlyList<BlobRange> blobs) => new()
    {
        Digest = Bytes(blobs[0].Digest),
        Offset = (ulong)blobs[0].Offset,
        More = { blobs.Skip(1).Select(b => new Wire.BlobRange { Digest = Bytes(b.Digest), Offset = (ulong)b.Offset }) },
    };

    public static Wire.UploadFrame Open(byte[] header, OutboxEntry entry, bool unasked) =>
        new() { Open = new() { Header = UnsafeByteOperations.UnsafeWrap(header), Size = (ulong)entry.Size, Digest = Bytes(entry.Digest), Unasked = unasked } };

    public static Wire.UploadFrame Chunk(long offset, ReadOnlyMemory<byte> data) =>
        new() { Chunk = new() { Offset = (ulong)offset, Data = UnsafeByteOperations.UnsafeWrap(data) } };

    public static UploadOutcome FromWire(Wire.UploadOutcome outcome) => new(outcome.Result switch
    {
        Wire.UploadResult.Accepted => UploadResult.Accepted,
        Wire.UploadResult.Discarded => UploadResult.Discarded,
        Wire.UploadResult.Restart => UploadResult.Restart,
        _ => UploadResult.Rejected,
    }, outcome.Code, outcome.Message);

    static Wire.Hello ToWire(ClientReport.Hello hello) => new()
    {
        ProtocolVersion = ProtocolVersion,
        ClientId = hello.ClientId,
        Software = hello.Software,
        Device = new()
        {
            Kind = hello.Device.Kind,
            Name = hello.Device.Name,
            MemoryBytes = (ulong)hello.Device.MemoryBytes,
            Threads = (uint)hello.Device.Threads,
            StepsPerSecond = hello.Device.StepsPerSecond,
        },
        Encodings = { Encodings.Select(e => e.Wire) },
        Methods = { hello.Methods },
        PendingAssignments = { hello.Pending.Take(MaximumPending) },
        Runs = { hello.Runs.Take(MaximumRuns) },
        TakesBlobs = true,
    };

    static Wire.Measurement ToWire(DeviceMeasurement m) => new()
    {
        MemoryBytes = (ulong)m.MemoryBytes,
        Steps = { new[] { m.Site.Small, m.Site.Large }.Select(s => new Wire.MeasuredStep { Batch = (uint)s.Batch, Seconds = s.Seconds, PeakBytes = (ulong)s.PeakBytes }) },
        UpBytesPerSecond = m.UpBytesPerSecond,
        DownBytesPerSecond = m.DownBytesPerSecond,
        BaseBits = { m.Site.BaseBits.Select(b => (uint)b) },
        BaseWeights = (ulong)m.Site.BaseWeights,
        Importance = { m.Site.Importance.OrderBy(i => i.Key, StringComparer.Ordinal).Select(i => new Wire.GroupScore { Group = i.Key, Score = i.Value }) },
    };

    static List<ReadOnlyMemory<byte>> Small(IEnumerable<ByteString> blobs)
    {
        var (small, bytes) = (new List<ReadOnlyMemory<byte>>(), 0);
        foreach (var blob in blobs.Where(b => b.Length <= TieredBlobs.SmallBytes))
        {
            if ((bytes += blob.Length) > MaximumBlobsBytes)
                break;
            small.Add(blob.Memory);
        }
        return small;
    }

    static GroupBlob FromWire(Wire.GroupBlob blob) => new(blob.Group, Hex(blob.Digest), (long)blob.Size);

    static RunOffer FromWire(Wire.RunOffer offer) => new(offer.RunId, Hex(offer.BaseDigest), Hex(offer.SchemaDigest), offer.Trust);

    static WorkAssignment FromWire(Wire.Assignment a) => new()
    {
        Id = a.AssignmentId,
        RunId = a.RunId,
        Round = (int)a.Round,
        ManifestDigest = Hex(a.ManifestDigest),
        Manifest = a.Manifest.Memory,
        Blobs = Small(a.Blobs),
        SchemaDigest = Hex(a.SchemaDigest),
        PlanDigest = Hex(a.PlanDigest),
        PlanVersion = (int)a.PlanVersion,
        Train = a.Kind == Wire.AssignmentKind.Train && a.Train is not null ? FromWire(a.Train, a.Mechanism) : null,
        Mechanism = a.Mechanism is { } m ? new SiteMechanism(m.Unit, m.Clip, m.Noise, m.Epsilon, m.Delta, m.Accountant) : null,
        Evaluate = a.Kind == Wire.AssignmentKind.Evaluate && a.Evaluate is not null ? FromWire(a.Evaluate) : null,
        Encoding = Encodings.Where(e => e.Wire == a.Encoding).Select(e => (Encoding?)e.Own).FirstOrDefault(),
        Seed = a.Seed,
        Gauge = a.Gauge,
        TraceParent = a.Traceparent.Length > 0 ? a.Traceparent : null,
    };

    static TrainSettings FromWire(Wire.TrainSettings s, Wire.SiteMechanism? m) => new()
    {
        Private = m is { Unit: SiteMechanism.Record } ? new PerExampleNoise(m.Clip, m.Noise) : null,
        Steps = (int)Math.Min(s.Steps, int.MaxValue),
        BatchSize = (int)Math.Min(s.BatchSize, int.MaxValue),
        Optimizer = s.Optimizer,
        LearningRate = s.LearningRate,
        WeightDecay = s.WeightDecay,
        Momentum = s.Momentum,
        ClipNorm = s.ClipNorm,
        Proximal = s.Proximal,
        Measure = s.MeasureBatches.Count == 2 ? ((int)Math.Min(s.MeasureBatches[0], int.MaxValue), (int)Math.Min(s.MeasureBatches[1], int.MaxValue)) : null,
        TellCost = s.TellCost,
    };

    static EvaluateSettings FromWire(Wire.EvaluateSettings s) =>
        new((int)Math.Min(s.BatchSize, int.MaxValue), (long)Math.Min(s.MaxSamples, long.MaxValue));

    static Wire.TensorEncoding ToWire(Encoding encoding) => Encodings.First(e => e.Own == encoding).Wire;

    static string Shorten(string text) => text.Length <= MaximumText ? text : text[..MaximumText];

    static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);

    static ByteString Bytes(string hex) => ByteString.CopyFrom(Convert.FromHexString(hex));
}
