using Federated.Aggregators.Adapters;
using Federated.Client.Privacy;
using Federated.Client.Training;

namespace Federated.Client.Transport.Messages;

/// <summary>One piece of work: training when <see cref="Train"/> is there, evaluation when <see cref="Evaluate"/> is.</summary>
public sealed record WorkAssignment
{
    /// <summary>Unique for ever.</summary>
    public required string Id { get; init; }
    public required string RunId { get; init; }
    public required int Round { get; init; }
    public required string ManifestDigest { get; init; }

    /// <summary>The manifest as it came with the assignment; empty where it is to be fetched.</summary>
    public ReadOnlyMemory<byte> Manifest { get; init; }

    /// <summary>Contents of blobs as they came with the assignment; which ones they are, their digests say.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Blobs { get; init; } = [];
    public required string SchemaDigest { get; init; }
    public required string PlanDigest { get; init; }
    public required int PlanVersion { get; init; }
    public TrainSettings? Train { get; init; }

    /// <summary>What the site does before its update leaves it; null is nothing.</summary>
    public SiteMechanism? Mechanism { get; init; }
    public EvaluateSettings? Evaluate { get; init; }

    /// <summary>Of the update; null: one that this client does not know.</summary>
    public TensorEncoding? Encoding { get; init; }
    public ulong Seed { get; init; }

    /// <summary>Names the basis in which what an encoding left out of earlier updates has a meaning; empty where none has.</summary>
    public string Gauge { get; init; } = "";

    /// <summary>W3C form of the coordinator's span that the work belongs below; null where it names none.</summary>
    public string? TraceParent { get; init; }
}
