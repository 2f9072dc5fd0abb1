using System.CommandLine;
using System.Text.Json.Nodes;
using Federated.Cli.Rest;

namespace Federated.Cli.Operating;

/// <summary>What a verb shows: how it is read, and as which columns. An object is shown as one row, a list as many.</summary>
sealed record View(Func<ParseResult, CoordinatorRest, CancellationToken, Task<JsonNode>> ReadAsync, IReadOnlyList<Column> Columns);
