using System.Text.Json.Nodes;

namespace Federated.Cli.Operating;

/// <summary>What a verb did: for people a sentence, and a table where there is one; for programs the answer itself.</summary>
sealed record Told(JsonNode Answer, string Sentence)
{
    /// <summary>The table's rows, and how they are shown.</summary>
    public (JsonNode Rows, IReadOnlyList<Column> Columns)? Table { get; init; }
}
