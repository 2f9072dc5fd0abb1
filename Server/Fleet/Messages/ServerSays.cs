using Federated.Server.Faults;

namespace Federated.Server.Fleet.Messages;

/// <summary>What the server says on a control stream.</summary>
abstract record ServerSays
{
    public sealed record Welcome(int HeartbeatSeconds, IReadOnlyList<RunOffer> Runs) : ServerSays;

    public sealed record Offer(RunOffer Run) : ServerSays;

    /// <param name="Run">The run asked for.</param>
    /// <param name="Refusal">Null: joined.</param>
    public sealed record JoinReply(string Run, Refusal? Refusal) : ServerSays;

    public sealed record Train(WorkOrder Order, TrainOrder Settings) : ServerSays;

    public sealed record Evaluate(WorkOrder Order, int BatchSize, long MaxSamples) : ServerSays;

    public sealed record Cancel(string AssignmentId, string Reason) : ServerSays;

    public sealed record RunEnded(string Run, string Outcome, string ManifestDigest) : ServerSays;

    public sealed record Heartbeat(ulong Sequence) : ServerSays;

    public sealed record Goodbye(string Reason, long ReconnectAfterMs) : ServerSays;

    /// <summary>A message the server could not take; the stream goes on.</summary>
    public sealed record Refused(Refusal Refusal, string Subject) : ServerSays;
}

sealed record RunOffer(string Run, string BaseDigest, string SchemaDigest, IReadOnlyList<string> Methods, string Trust);

/// <summary>What Train and Evaluate assignments have in common.</summary>
sealed record WorkOrder(string AssignmentId, string Run, int Round, string ManifestDigest)
{
    public required string SchemaDigest { get; init; }
    public required string PlanDigest { get; init; }
    public required int PlanVersion { get; init; }
    public required long RemainingMs { get; init; }

    /// <summary>The manifest itself; empty where it is too large to go with every assignment.</summary>
    public ReadOnlyMemory<byte> Manifest { get; init; }

    /// <summary>Contents of blobs that the client probably lacks.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Blobs { get; init; } = [];

    /// <summary>W3C form of the span that the work belongs below; null where nobody traces.</summary>
    public string? TraceParent { get; init; }
}

sealed record TrainOrder(int Steps, int BatchSize, string Optimizer, double LearningRate)
{
    public required double WeightDecay { get; init; }
    public required double Momentum { get; init; }
    public required double ClipNorm { get; init; }
    public double Proximal { get; init; }
    /// <summary>Two batches at which the client measures a step before it trains; empty: it measures nothing.</summary>
    public IReadOnlyList<int> MeasureBatches { get; init; } = [];

    /// <summary>Whether the client says what the training took.</summary>
    public bool TellCost { get; init; }
    public required string Encoding { get; init; }
    public required ulong Seed { get; init; }

    /// <summary>Names the basis in which what an encoding left out has a meaning; empty where none has.</summary>
    public string Gauge { get; init; } = "";

    /// <summary>Noise that the site adds; null is none.</summary>
    public SiteMechanism? Mechanism { get; init; }
}

/// <summary>What a site does before its update leaves it.</summary>
sealed record SiteMechanism(string Unit, double Clip, double Noise, double Epsilon, double Delta, string Accountant);
