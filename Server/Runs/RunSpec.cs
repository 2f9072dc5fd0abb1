using Federated.Formats.Digests;
using Federated.Aggregators.Strategies;
using Federated.Server.Storage;

namespace Federated.Server.Runs;

/// <summary>What an operator asks for. Never changes; its digest is stored with the run.</summary>
sealed record RunSpec
{
    public required string Name { get; init; }
    public required string Base { get; init; }
    public required string Schema { get; init; }
    public required string Plan { get; init; }

    /// <summary>The first version's digest; null where <see cref="WarmStart"/> names an existing one.</summary>
    public string? Version0 { get; init; }

    public WarmStart? WarmStart { get; init; }
    public required FoldSpec Strategy { get; init; }

    /// <summary>Client ids in ordinal order; null lets everybody join.</summary>
    public IReadOnlyList<string>? Clients { get; init; }

    public required int Rounds { get; init; }
    public required CohortSettings Cohort { get; init; }
    public required TrainSettings Train { get; init; }
    public SelectionSettings Selection { get; init; } = SelectionSettings.Default;

    /// <summary>Null: everybody trains the same.</summary>
    public PlanningSettings? Planning { get; init; }

    /// <summary>Null: every update belongs to its round.</summary>
    public AsynchronySettings? Asynchrony { get; init; }

    /// <summary>Null: the rounds alone decide.</summary>
    public StopSettings? Stop { get; init; }

    public EvaluateSettings? Evaluate { get; init; }
    public required string Encoding { get; init; }
    public required double UpdateNormLimit { get; init; }
    public required string Trust { get; init; }
    /// <summary>Digest of public candidates that updates are measured against; null measures none.</summary>
    public string? ProbePack { get; init; }
    public Privacy.PrivacySettings? Privacy { get; init; }
    public required ulong Seed { get; init; }
    public required bool KeepUpdates { get; init; }

    public string Digest => TreeDigest.Of(RunSpecJson.Write(this));

    public bool Admits(string client) => Clients is null || Clients.Contains(client, StringComparer.Ordinal);
}

/// <summary>How many clients a round asks, needs and waits for.</summary>
/// <param name="Size">Clients asked.</param>
/// <param name="Quorum">Updates that end collecting at once.</param>
/// <param name="Minimum">Updates that suffice at the deadline.</param>
/// <param name="DeadlineSeconds">From the first push; 0 is none.</param>
/// <param name="GraceSeconds">What a restarted server adds at least.</param>
/// <param name="MaxAttempts">Attempts at one round before the run stops.</param>
sealed record CohortSettings(int Size, int Quorum, int Minimum, int DeadlineSeconds, int GraceSeconds, int MaxAttempts);

sealed record TrainSettings(int Steps, int BatchSize, string Optimizer, double LearningRate, double WeightDecay, double Momentum, double ClipNorm)
{
    /// <summary>FedProx's mu, the pull of every step towards the round's start; 0 is none.</summary>
    public double Proximal { get; init; }
}

/// <param name="EveryRounds">1 evaluates every version, version 0 included.</param>
/// <param name="BatchSize">Examples at a time.</param>
/// <param name="MaxSamples">0 is the whole held-out split.</param>
sealed record EvaluateSettings(int EveryRounds, int BatchSize, long MaxSamples);
