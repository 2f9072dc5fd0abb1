using Federated.Client.Data;

namespace Federated.Client.Configuration;

/// <summary>Where a site's images lie, which of them it uses, and how they look.</summary>
public sealed record DataConfiguration
{
    /// <summary>Only "idx" so far.</summary>
    public string Kind { get; init; } = "idx";

    /// <summary>IDX files to train on, plain or gzipped.</summary>
    public required string Images { get; init; }

    public required string Labels { get; init; }

    /// <summary>IDX files to evaluate on; null: this site evaluates nothing.</summary>
    public string? EvalImages { get; init; }

    public string? EvalLabels { get; init; }

    /// <summary>A name of <see cref="Federated.Client.Data.Domains.DomainCatalog"/>; default "clean".</summary>
    public string Domain { get; init; } = "clean";

    public IndexRange Indices { get; init; } = new();

    public IndexRange EvalIndices { get; init; } = new();

    /// <summary>"iid" (default) or "dirichlet:ALPHA".</summary>
    public string Skew { get; init; } = "iid";

    /// <summary>Selects the draw when labels are skewed or a pool is given.</summary>
    public ulong Seed { get; init; }
}
