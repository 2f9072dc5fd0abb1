using Federated.Aggregators.Adapters;
using Federated.Server.Aggregation;
using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Fleet.Messages;
using Federated.Server.Planning;
using Federated.Server.Rounds;
using Federated.Server.Storage;
using Federated.Server.Transport.Uploads;
using Google.Protobuf;
using Wire = Federated.Protos.V1;

namespace Federated.Server.Transport;

/// <summary>
/// The only file in which generated types meet our own. Reading checks every field's limit, so that nothing behind it has to.
/// </summary>
static class ProtoMapping
{
    const string Software = "federated-server/1";

    public static ClientSaid Read(Wire.ClientMessage message) => message.MessageCase switch
    {
        Wire.ClientMessage.MessageOneofCase.Hello => ReadHello(message.Hello),
        Wire.ClientMessage.MessageOneofCase.Join => ReadJoin(message.Join),
        Wire.ClientMessage.MessageOneofCase.AssignmentReply => new ClientSaid.AssignmentReply(
            Assignment(message.AssignmentReply.AssignmentId), message.AssignmentReply.Accepted, Long("assignment_reply.reason", message.AssignmentReply.Reason)),
        Wire.ClientMessage.MessageOneofCase.Progress => ReadProgress(message.Progress),
        Wire.ClientMessage.MessageOneofCase.Evaluation => ReadEvaluation(message.Evaluation),
        Wire.ClientMessage.MessageOneofCase.Failure => new ClientSaid.AssignmentFailure(
            Assignment(message.Failure.AssignmentId), Short("failure.code", message.Failure.Code), Long("failure.message", message.Failure.Message)),
        Wire.ClientMessage.MessageOneofCase.Heartbeat => new ClientSaid.Heartbeat(),
        Wire.ClientMessage.MessageOneofCase.Leave => new ClientSaid.LeaveRun(Short("leave.run_id", message.Leave.RunId), Long("leave.reason", message.Leave.Reason)),
        _ => throw new FaultException(Fault.MessageUnexpected, "The message has no content that this server knows."),
    };

    public static Wire.ServerMessage Write(ServerSays says) => says switch
    {
        ServerSays.Welcome m => new() { Welcome = WriteWelcome(m) },
        ServerSays.Offer m => new() { Offer = WriteOffer(m.Run) },
        ServerSays.JoinReply m => new()
        {
            JoinReply = new() { RunId = m.Run, Joined = m.Refusal is null, Code = m.Refusal?.Code ?? "", Message = m.Refusal?.Message ?? "" },
        },
        ServerSays.Train m => new() { Assignment = WriteTrain(m) },
        ServerSays.Evaluate m => new() { Assignment = WriteEvaluate(m) },
        ServerSays.Cancel m => new() { Cancel = new() { AssignmentId = m.AssignmentId, Reason = m.Reason } },
        ServerSays.RunEnded m => new() { RunEnded = new() { RunId = m.Run, Outcome = m.Outcome, ManifestDigest = Bytes(m.ManifestDigest) } },
        ServerSays.Heartbeat m => new() { Heartbeat = new() { Sequence = m.Sequence } },
        ServerSays.Goodbye m => new() { Goodbye = new() { Reason = m.Reason, ReconnectAfterMs = (ulong)m.ReconnectAfterMs } },
        ServerSays.Refused m => new() { Refusal = new() { Code = m.Refusal.Code, Message = m.Refusal.Message, Subject = m.Subject } },
        _ => throw new InvalidOperationException($"{says.GetType().Name} has no form on the wire."),
    };

    public static UploadSaid Read(Wire.UploadFrame frame) => frame.FrameCase switch
    {
        Wire.UploadFrame.FrameOneofCase.Open => new UploadSaid.Open(
            Header(frame.Open.Header), UpdateSize(frame.Open.Size), Digest("open.digest", frame.Open.Digest), frame.Open.Unasked),
        Wire.UploadFrame.FrameOneofCase.Chunk => new UploadSaid.Chunk(Count("chunk.offset", frame.Chunk.Offset, ProtocolLimits.UpdateBytes), Chunk(frame.Chunk.Data.Memory)),
        _ => throw new FaultException(Fault.MessageUnexpected, "The frame has no content that this server knows."),
    };

    public static UploadSaid Read(ReceivedFrame frame) => frame.Message is { } message ? Read(message)
        : new UploadSaid.Chunk(Count("chunk.offset", frame.Offset, ProtocolLimits.UpdateBytes), Chunk(frame.Data), frame.Data.Array);

    public static Wire.UploadReply Write(UploadSays says) => says switch
    {
        UploadSays.Ready m => new() { Ready = new() { Offset = (ulong)m.Offset } },
        UploadSays.Outcome m => new()
        {
            Outcome = new()
            {
                Result = Result(m.Result),
                Code = m.Refusal?.Code ?? "",
                Message = m.Refusal?.Message ?? "",
                Receipt = m.Receipt is null ? ByteString.Empty : Bytes(m.Receipt),
            },
        },
        _ => throw new InvalidOperationException($"{says.GetType().Name} has no form on the wire."),
    };

    /// <exception cref="FaultException">The bytes are no header, or one of its fields breaks a limit.</exception>
    public static UploadHeader ReadHeader(byte[] bytes)
    {
        Wire.UpdateHeader header;
        try
        {
            header = Wire.UpdateHeader.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new FaultException(Fault.HeaderMalformed, $"The {bytes.Length} bytes of the header are no UpdateHeader.");
        }
        if (header.Tensors.Count > ProtocolLimits.Tensors)
            throw TooMany("header.tensors", header.Tensors.Count, ProtocolLimits.Tensors);
        return new UploadHeader(Short("header.run_id", header.RunId), Assignment(header.AssignmentId), Client(header.ClientId), (int)Math.Min(header.Round, int.MaxValue))
        {
            SchemaDigest = Digest("header.schema_digest", header.SchemaDigest),
            BaseDigest = Digest("header.base_digest", header.BaseDigest),
            StartManifest = Digest("header.start_manifest", header.StartManifest),
            PlanVersion = (int)Math.Min(header.PlanVersion, int.MaxValue),
            Samples = Count("header.samples", header.Samples, ProtocolLimits.Samples),
            TrainingLoss = double.IsFinite(header.TrainingLoss) ? header.TrainingLoss : null,
            Tensors = [.. header.Tensors.Select(ReadTensor)],
            Cost = header.TrainSeconds > 0 && double.IsFinite(header.TrainSeconds)
                ? new WorkCost(Count("header.peak_bytes", header.PeakBytes, long.MaxValue), header.TrainSeconds) : null,
            Measurement = header.Measurement is { } measurement ? ReadMeasurement(measurement) : null,
        };
    }

    static SiteMeasurement ReadMeasurement(Wire.Measurement m)
    {
        if (m.Steps.Count != 2)
            throw new FaultException(Fault.ValueInvalid, $"measurement.steps has {m.Steps.Count} items; 2 are expected.");
        if (m.BaseBits.Count > ProtocolLimits.Encodings)
            throw TooMany("measurement.base_bits", m.BaseBits.Count, ProtocolLimits.Encodings);
        if (m.Importance.Count > ProtocolLimits.Tensors)
            throw TooMany("measurement.importance", m.Importance.Count, ProtocolLimits.Tensors);
        return new SiteMeasurement(
            Count("measurement.memory_bytes", m.MemoryBytes, long.MaxValue), ReadStep(m.Steps[0]), ReadStep(m.Steps[1]),
            Rate("measurement.up_bytes_per_second", m.UpBytesPerSecond), Rate("measurement.down_bytes_per_second", m.DownBytesPerSecond))
        {
            BaseBits = [.. m.BaseBits.Select(b => (int)Math.Min(b, 64))],
            BaseWeights = Count("measurement.base_weights", m.BaseWeights, long.MaxValue),
            Importance = [.. m.Importance.Select(i => (Short("measurement.importance.group", i.Group), Rate("measurement.importance.score", i.Score)))],
        };
    }

    static StepMeasurement ReadStep(Wire.MeasuredStep step) => new(
        (int)Math.Min(step.Batch, int.MaxValue), Rate("measurement.seconds", step.Seconds), Count("measurement.peak_bytes", step.PeakBytes, long.MaxValue));

    static double Rate(string field, double value) => value >= 0 && double.IsFinite(value) ? value
        : throw new FaultException(Fault.ValueInvalid, $"{field} is {value}; a finite number of at least 0 is expected.");

    public static IReadOnlyList<BlobRange> Read(Wire.DownloadRequest request) => request.More.Count < ProtocolLimits.BlobsPerDownload
        ? [Range(request.Digest, request.Offset), .. request.More.Select(m => Range(m.Digest, m.Offset))]
        : throw TooMany("more", request.More.Count, ProtocolLimits.BlobsPerDownload - 1);

    static BlobRange Range(ByteString digest, ulong offset) => new(Digest("digest", digest), Count("offset", offset, long.MaxValue));

    /// <summary>The data is not copied: it must stay as it is until the message is written.</summary>
    public static Wire.BlobChunk WriteChunk(BlobPiece piece) =>
        new() { Blob = (uint)piece.Blob, Size = (ulong)(piece.Size ?? 0), Data = UnsafeByteOperations.UnsafeWrap(piece.Data) };

    public static byte[] WriteManifest(ManifestContent content)
    {
        var manifest = new Wire.AdapterManifest
        {
            RunId = content.Run,
            Version = (uint)content.Version,
            SchemaDigest = Bytes(content.SchemaDigest),
            PlanDigest = Bytes(content.PlanDigest),
            Parent = content.Parent is null ? ByteString.Empty : Bytes(content.Parent),
        };
        manifest.Groups.AddRange(content.Groups.Select(WriteGroup));
        manifest.Offsets.AddRange(content.Offsets.Select(WriteGroup));
        return manifest.ToByteArray();
    }

    static Wire.GroupBlob WriteGroup(GroupInfo group) => new() { Group = group.Group, Digest = Bytes(group.Digest), Size = (ulong)group.Size };

    static ClientSaid.Hello ReadHello(Wire.Hello hello) => new((int)Math.Min(hello.ProtocolVersion, int.MaxValue), Client(hello.ClientId), Short("hello.software", hello.Software), ReadDevice(hello.Device))
    {
        Encodings = hello.Encodings.Count <= ProtocolLimits.Encodings
            ? [.. hello.Encodings.Where(e => EncodingNames.ContainsKey(e)).Select(e => EncodingNames[e])]
            : throw TooMany("hello.encodings", hello.Encodings.Count, ProtocolLimits.Encodings),
        Methods = hello.Methods.Count <= ProtocolLimits.Methods
            ? [.. hello.Methods.Select(m => Short("hello.methods", m))]
            : throw TooMany("hello.methods", hello.Methods.Count, ProtocolLimits.Methods),
        PendingAssignments = hello.PendingAssignments.Count <= ProtocolLimits.PendingAssignments
            ? [.. hello.PendingAssignments.Select(Assignment)]
            : throw TooMany("hello.pending_assignments", hello.PendingAssignments.Count, ProtocolLimits.PendingAssignments),
        Runs = hello.Runs.Count <= ProtocolLimits.JoinedRuns
            ? [.. hello.Runs.Select(r => Short("hello.runs", r))]
            : throw TooMany("hello.runs", hello.Runs.Count, ProtocolLimits.JoinedRuns),
        TakesBlobs = hello.TakesBlobs,
    };

    static DeviceProfile ReadDevice(Wire.Device? device) => device is null
        ? new DeviceProfile("", "", 0, 0, 0)
        : new DeviceProfile(
            Short("device.kind", device.Kind), Short("device.name", device.Name), device.MemoryBytes, (int)Math.Min(device.Threads, 1 << 16),
            double.IsFinite(device.StepsPerSecond) ? Math.Max(0, device.StepsPerSecond) : 0);

    static ClientSaid.JoinRun ReadJoin(Wire.JoinRun join) => new(
        Short("join.run_id", join.RunId),
        Digest("join.base_digest", join.BaseDigest),
        Digest("join.schema_digest", join.SchemaDigest),
        Count("join.training_samples", join.TrainingSamples, ProtocolLimits.Samples),
        Count("join.evaluation_samples", join.EvaluationSamples, ProtocolLimits.Samples));

    static ClientSaid.Progress ReadProgress(Wire.Progress progress) => new(
        Assignment(progress.AssignmentId), Short("progress.phase", progress.Phase), (int)Math.Min(progress.Step, int.MaxValue), (int)Math.Min(progress.Steps, int.MaxValue), progress.Loss);

    static ClientSaid.EvaluationResult ReadEvaluation(Wire.EvaluationResult result)
    {
        if (result.Sums.Count > ProtocolLimits.Metrics)
            throw TooMany("evaluation.sums", result.Sums.Count, ProtocolLimits.Metrics);
        var samples = Count("evaluation.samples", result.Samples, ProtocolLimits.Samples);
        return double.IsFinite(result.LossSum)
            ? new ClientSaid.EvaluationResult(Assignment(result.AssignmentId), samples, Count("evaluation.correct", result.Correct, samples), result.LossSum)
            : throw new FaultException(Fault.ValueInvalid, $"evaluation.loss_sum is {result.LossSum}; a finite number is expected.");
    }

    static TensorHeader ReadTensor(Wire.TensorHeader tensor)
    {
        if (tensor.Name.Length > ProtocolLimits.TensorName)
            throw new FaultException(Fault.FieldTooLarge, $"tensor.name has {tensor.Name.Length} characters; the limit is {ProtocolLimits.TensorName}.");
        if (tensor.Shape.Count > ProtocolLimits.TensorAxes)
            throw TooMany("tensor.shape", tensor.Shape.Count, ProtocolLimits.TensorAxes);
        var encoding = tensor.Encoding switch
        {
            Wire.TensorEncoding.F32 => TensorEncoding.F32,
            Wire.TensorEncoding.F16 => TensorEncoding.F16,
            Wire.TensorEncoding.Bf16 => TensorEncoding.BF16,
            Wire.TensorEncoding.I8Block => TensorEncoding.I8Block,
            Wire.TensorEncoding.Nf4 => TensorEncoding.NF4,
            Wire.TensorEncoding.TopK => TensorEncoding.TopK,
            _ => throw new FaultException(Fault.HeaderMalformed, $"tensor.encoding is {(int)tensor.Encoding}; 1 to 6 are known."),
        };
        return new TensorHeader(
            tensor.Name, [.. tensor.Shape.Select(s => (int)Math.Min(s, int.MaxValue))], encoding, Count("tensor.byte_length", tensor.ByteLength, ProtocolLimits.UpdateBytes));
    }

    static Wire.Welcome WriteWelcome(ServerSays.Welcome welcome)
    {
        var message = new Wire.Welcome { ProtocolVersion = ProtocolLimits.Version, Software = Software, HeartbeatSeconds = (uint)welcome.HeartbeatSeconds };
        message.Runs.AddRange(welcome.Runs.Select(WriteOffer));
        return message;
    }

    static Wire.RunOffer WriteOffer(RunOffer offer)
    {
        var message = new Wire.RunOffer { RunId = offer.Run, Name = offer.Run, BaseDigest = Bytes(offer.BaseDigest), SchemaDigest = Bytes(offer.SchemaDigest), Trust = offer.Trust };
        message.Methods.AddRange(offer.Methods);
        return message;
    }

    static Wire.Assignment WriteTrain(ServerSays.Train train)
    {
        var assignment = WriteOrder(train.Order);
        assignment.Kind = Wire.AssignmentKind.Train;
        assignment.Encoding = EncodingNames.Single(e => e.Value == train.Settings.Encoding).Key;
        assignment.Seed = train.Settings.Seed;
        assignment.Gauge = train.Settings.Gauge;
        assignment.Train = new()
        {
            Steps = (uint)train.Settings.Steps,
            BatchSize = (uint)train.Settings.BatchSize,
            Optimizer = train.Settings.Optimizer,
            LearningRate = train.Settings.LearningRate,
            WeightDecay = train.Settings.WeightDecay,
            Momentum = train.Settings.Momentum,
            ClipNorm = train.Settings.ClipNorm,
            Proximal = train.Settings.Proximal,
            MeasureBatches = { train.Settings.MeasureBatches.Select(b => (uint)b) },
            TellCost = train.Settings.TellCost,
        };
        if (train.Settings.Mechanism is { } m)
            assignment.Mechanism = new() { Unit = m.Unit, Clip = m.Clip, Noise = m.Noise, Epsilon = m.Epsilon, Delta = m.Delta, Accountant = m.Accountant };
        return assignment;
    }

    static Wire.Assignment WriteEvaluate(ServerSays.Evaluate evaluate)
    {
        var assignment = WriteOrder(evaluate.Order);
        assignment.Kind = Wire.AssignmentKind.Evaluate;
        assignment.Evaluate = new() { BatchSize = (uint)evaluate.BatchSize, MaxSamples = (ulong)evaluate.MaxSamples };
        return assignment;
    }

    // Nothing is copied: the cohort shares the bytes.
    static Wire.Assignment WriteOrder(WorkOrder order) => new()
    {
        AssignmentId = order.AssignmentId,
        RunId = order.Run,
        Round = (uint)order.Round,
        ManifestDigest = Bytes(order.ManifestDigest),
        SchemaDigest = Bytes(order.SchemaDigest),
        PlanDigest = Bytes(order.PlanDigest),
        PlanVersion = (uint)order.PlanVersion,
        RemainingMs = (ulong)order.RemainingMs,
        Traceparent = order.TraceParent ?? "",
        Manifest = UnsafeByteOperations.UnsafeWrap(order.Manifest),
        Blobs = { order.Blobs.Select(UnsafeByteOperations.UnsafeWrap) },
    };

    static readonly Dictionary<Wire.TensorEncoding, string> EncodingNames = new()
    {
        [Wire.TensorEncoding.F32] = "f32",
        [Wire.TensorEncoding.F16] = "f16",
        [Wire.TensorEncoding.Bf16] = "bf16",
        [Wire.TensorEncoding.I8Block] = "i8",
        [Wire.TensorEncoding.Nf4] = "nf4",
        [Wire.TensorEncoding.TopK] = "top-k",
    };

    static Wire.UploadResult Result(UploadResult result) => result switch
    {
        UploadResult.Accepted => Wire.UploadResult.Accepted,
        UploadResult.Rejected => Wire.UploadResult.Rejected,
        UploadResult.Discarded => Wire.UploadResult.Discarded,
        UploadResult.Restart => Wire.UploadResult.Restart,
        _ => throw new InvalidOperationException($"{result} has no form on the wire."),
    };

    static ByteString Bytes(string digest) => UnsafeByteOperations.UnsafeWrap(Convert.FromHexString(digest));

    static string Digest(string field, ByteString bytes) => bytes.Length == Digests.ByteLength
        ? Convert.ToHexStringLower(bytes.Span)
        : throw new FaultException(Fault.ValueInvalid, $"{field} has {bytes.Length} bytes; a digest has {Digests.ByteLength}.");

    static string Client(string id) => ClientIds.IsValid(id)
        ? id
        : throw new FaultException(Fault.ClientIdInvalid, $"The client id '{Shorten(id)}' is not {ClientIds.Rule}.");

    static string Assignment(string id) => Text("assignment_id", id, AssignmentIds.MaxLength);

    static string Short(string field, string text) => Text(field, text, ProtocolLimits.ShortText);

    static string Long(string field, string text) => Text(field, text, ProtocolLimits.LongText);

    static string Text(string field, string text, int limit) => text.Length <= limit
        ? text
        : throw new FaultException(Fault.FieldTooLarge, $"{field} has {text.Length} characters; the limit is {limit}.");

    static long Count(string field, ulong value, long limit) => value <= (ulong)limit
        ? (long)value
        : throw new FaultException(Fault.ValueInvalid, $"{field} is {value}; the limit is {limit}.");

    static long UpdateSize(ulong size) => Count("open.size", size, ProtocolLimits.UpdateBytes);

    static byte[] Header(ByteString header) => header.Length is > 0 and <= ProtocolLimits.HeaderBytes
        ? header.ToByteArray()
        : throw new FaultException(Fault.HeaderMalformed, $"The header has {header.Length} bytes; 1 to {ProtocolLimits.HeaderBytes} are allowed.");

    static ReadOnlyMemory<byte> Chunk(ReadOnlyMemory<byte> data) => data.Length is > 0 and <= ProtocolLimits.ChunkBytes
        ? data
        : throw new FaultException(Fault.ChunkTooLarge, $"The chunk has {data.Length} bytes; 1 to {ProtocolLimits.ChunkBytes} are allowed.");

    static FaultException TooMany(string field, int count, int limit) =>
        new(Fault.FieldTooLarge, $"{field} has {count} items; the limit is {limit}.");

    static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "...";
}
