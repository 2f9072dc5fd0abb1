namespace Federated.Cli.Audit;

/// <summary>What an audit tries.</summary>
sealed record AuditSettings
{
    /// <summary>Of the client's methods; those without a product group at attention's projections have nothing that the span test applies to.</summary>
    public string Method { get; init; } = "lora";

    public int Rank { get; init; } = 16;

    /// <summary>Scale of B's random entries: 0 is a fresh adapter, whose first step says nothing of A's inputs.</summary>
    public double BScale { get; init; } = 0.02;

    public int Batches { get; init; } = 20;

    /// <summary>Texts in a batch.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Tokens of a text.</summary>
    public int Length { get; init; } = 12;

    public int Steps { get; init; } = 1;

    public double Rate { get; init; } = 0.1;

    /// <summary>Steps of malicious fine-tuning on notes before the attack; 0 attacks the base as it is.</summary>
    public int NoteSteps { get; init; }

    public ulong Seed { get; init; } = 1;
}
