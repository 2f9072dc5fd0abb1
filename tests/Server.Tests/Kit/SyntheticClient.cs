using Federated.Aggregators.Adapters;
using Federated.Formats.Digests;
using Federated.Protos.V1;
using Google.Protobuf;
using TensorEncoding = Federated.Protos.V1.TensorEncoding;
using UpdateHeader = Federated.Protos.V1.UpdateHeader;

namespace Server.Tests.Kit;

/// <summary>A whole client but for the training: its deltas depend on the assignment's seed alone. It keeps an outbox, as the protocol asks.</summary>
sealed class SyntheticClient(string id, IWire wire, TestAdapter adapter)
{
    readonly Dictionary<string, (UploadOpen Open, byte[] Bytes)> _outbox = [];
    readonly Dictionary<string, AdapterLayout> _layouts = [];
    readonly HashSet<string> _runs = [];
    byte[]? _trained;

    public string Id => id;

    public string Token { get; init; } = $"token-of-{id}";

    public ulong Samples { get; init; } = 100;

    public ulong EvaluationSamples { get; init; }

    /// <summary>What it reports where a run asks for it; null is nothing.</summary>
    public Measurement? Measurement { get; init; }

    public float Scale { get; init; } = 0.01f;

    /// <summary>Whether it says that it reads blobs in assignments.</summary>
    public bool TakesBlobs { get; init; }

    /// <summary>Trains once and sends the same delta in every round.</summary>
    public bool Instant { get; init; }

    public Func<Assignment, Task>? BeforeTraining { get; init; }

    public List<ServerMessage> Heard { get; } = [];

    public List<UploadOutcome> Outcomes { get; } = [];

    public List<string> Ended { get; } = [];

    /// <summary>Serves until the stream ends or a run has ended.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var stream = wire.Connect(Token, stopping);
        await stream.WriteAsync(new ClientMessage { Hello = Hello() }, stopping);
        while (await stream.ReadAsync(stopping) is { } message)
        {
            Heard.Add(message);
            if (message.Welcome is { } welcome)
            {
                foreach (var offer in welcome.Runs)
                    await stream.WriteAsync(new ClientMessage { Join = Join(offer) }, stopping);
                foreach (var assignment in _outbox.Keys.ToList())
                    await SendAsync(assignment, stopping);
            }
            if (message.Offer is { } late)
                await stream.WriteAsync(new ClientMessage { Join = Join(late) }, stopping);
            if (message.Cancel is { } cancel)
                _outbox.Remove(cancel.AssignmentId);
            if (message.Assignment is { Kind: AssignmentKind.Train } train)
                await TrainAsync(train, stopping);
            if (message.Assignment is { Kind: AssignmentKind.Evaluate } evaluate)
                await stream.WriteAsync(new ClientMessage { Evaluation = Evaluate(evaluate) }, stopping);
            if (message.RunEnded is { } ended)
            {
                Ended.Add(ended.Outcome);
                return;
            }
        }
    }

    /// <summary>Connects again and again, as a daemon does, until a run has ended.</summary>
    public async Task PersistAsync(CancellationToken stopping)
    {
        while (Ended.Count == 0)
        {
            try
            {
                await RunAsync(stopping);
            }
            catch (Exception) when (!stopping.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), stopping);
            }
        }
    }

    public Hello Hello()
    {
        var hello = new Hello { ProtocolVersion = 1, ClientId = id, Software = "synthetic", Device = new Device { Kind = "cpu", Threads = 1 }, TakesBlobs = TakesBlobs };
        hello.Encodings.Add([TensorEncoding.F32, TensorEncoding.F16, TensorEncoding.Bf16, TensorEncoding.I8Block, TensorEncoding.Nf4, TensorEncoding.TopK]);
        hello.Methods.Add("lora");
        hello.PendingAssignments.Add(_outbox.Keys);
        hello.Runs.Add(_runs);
        return hello;
    }

    public JoinRun Join(RunOffer offer)
    {
        _runs.Add(offer.RunId);
        return new()
        {
            RunId = offer.RunId,
            BaseDigest = offer.BaseDigest,
            SchemaDigest = ByteString.CopyFrom(Convert.FromHexString(TreeDigest.Of(adapter.SchemaBytes))),
            TrainingSamples = Samples,
            EvaluationSamples = EvaluationSamples,
        };
    }

    /// <summary>The update of an assignment, exactly as it travels.</summary>
    public (UploadOpen Open, byte[] Bytes) Update(Assignment assignment)
    {
        var encoding = (Federated.Aggregators.Adapters.TensorEncoding)((int)assignment.Encoding - 1);
        var layout = _layouts.GetValueOrDefault(Hex(assignment.PlanDigest), adapter.Layout).Trained();
        var header = new UpdateHeader
        {
            RunId = assignment.RunId, AssignmentId = assignment.AssignmentId, ClientId = id, Round = assignment.Round,
            SchemaDigest = assignment.SchemaDigest, BaseDigest = ByteString.CopyFrom(Convert.FromHexString(TestAdapter.BaseDigest)),
            StartManifest = assignment.ManifestDigest, PlanVersion = assignment.PlanVersion, Samples = Samples, LocalSteps = assignment.Train.Steps, TrainingLoss = 1.5,
        };
        if (assignment.Train.TellCost)
            (header.TrainSeconds, header.PeakBytes) = (0.25, 1_000_000);
        if (assignment.Train.MeasureBatches.Count > 0)
            header.Measurement = Measurement;
        using var tensors = new MemoryStream();
        foreach (var tensor in layout.Tensors)
        {
            var bytes = new byte[DeltaCodec.EncodedBytes(encoding, tensor.Elements)];
            if (_trained is null)
                DeltaCodec.Encode(encoding, Synthetic.Values(assignment.Seed + (ulong)tensor.Index, tensor.Elements, Scale), bytes);
            tensors.Write(bytes);
            var described = new Federated.Protos.V1.TensorHeader { Name = tensor.Name, Encoding = assignment.Encoding, ByteLength = (ulong)bytes.Length };
            described.Shape.Add(tensor.Shape.Select(s => (uint)s));
            header.Tensors.Add(described);
        }
        var all = _trained ?? tensors.ToArray();
        if (Instant)
            _trained = all;
        return Seal(header, all);
    }

    public static (UploadOpen Open, byte[] Bytes) Seal(UpdateHeader header, byte[] tensors)
    {
        var head = header.ToByteArray();
        byte[] all = [.. head, .. tensors];
        return (new UploadOpen { Header = ByteString.CopyFrom(head), Size = (ulong)all.Length, Digest = ByteString.CopyFrom(Convert.FromHexString(TreeDigest.Of(all))) }, all);
    }

    async Task TrainAsync(Assignment assignment, CancellationToken stopping)
    {
        if (BeforeTraining is not null)
            await BeforeTraining(assignment);
        await LearnPlanAsync(assignment.PlanDigest, stopping);
        _outbox.TryAdd(assignment.AssignmentId, Update(assignment));
        await SendAsync(assignment.AssignmentId, stopping);
    }

    async Task SendAsync(string assignment, CancellationToken stopping)
    {
        var (open, bytes) = _outbox[assignment];
        var outcome = await wire.UploadAsync(Token, open, bytes, stopping);
        Outcomes.Add(outcome);
        if (outcome.Result != UploadResult.Restart)
            _outbox.Remove(assignment);
    }

    async Task LearnPlanAsync(ByteString digest, CancellationToken stopping)
    {
        if (Hex(digest) == TreeDigest.Of(adapter.PlanBytes) || _layouts.ContainsKey(Hex(digest)))
            return;
        var plan = AdapterPlan.Parse(await wire.DownloadAsync(Token, digest.ToByteArray(), stopping));
        _layouts[Hex(digest)] = AdapterLayout.Of(adapter.Schema, plan);
    }

    static string Hex(ByteString digest) => Convert.ToHexStringLower(digest.Span);

    EvaluationResult Evaluate(Assignment assignment) => new()
    {
        AssignmentId = assignment.AssignmentId, Samples = EvaluationSamples, Correct = EvaluationSamples / 2, LossSum = 0.1 * EvaluationSamples,
    };
}
