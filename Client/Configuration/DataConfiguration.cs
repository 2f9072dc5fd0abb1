using Federated.Client.Data;
using Federated.Client.Data.Text;

namespace Federated.Client.Configuration;

/// <summary>Where a site's images or texts lie, which of them it uses, and how they look.</summary>
public sealed record DataConfiguration
{
    public const string Idx = "idx";

    /// <summary>Tokens in a window where nothing is said and the model has as many positions.</summary>
    public const int DefaultContext = 128;

    public static IReadOnlyList<string> Kinds { get; } = [Idx, TextSource.Plain, TextSource.JsonLines];

    /// <summary>"idx" for images, "text" for one document, "jsonl" for a document a line.</summary>
    public string Kind { get; init; } = Idx;

    public bool IsText => Kind != Idx;

    /// <summary>A UTF-8 file to train on.</summary>
    public string Text { get; init; } = "";

    /// <summary>A UTF-8 file to evaluate on; null: this site evaluates nothing.</summary>
    public string? EvalText { get; init; }

    /// <summary>The field of a line of JSON that holds the text.</summary>
    public string Field { get; init; } = "text";

    /// <summary>Tokens in a window; 0 is <see cref="DefaultContext"/>, or the model's positions where they are fewer.</summary>
    public int Context { get; init; }

    /// <summary>IDX files to train on, plain or gzipped.</summary>
    public string Images { get; init; } = "";

    public string Labels { get; init; } = "";

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
