using System.Text.Json.Nodes;

namespace Federated.Server.Operator.Views;

/// <summary>Something that happened; docs/runs.md lists the kinds.</summary>
/// <param name="Sequence">Grows with every event; what Last-Event-ID and `after` name.</param>
/// <param name="TimeMs">Unix milliseconds.</param>
/// <param name="Run">Null for what concerns no run.</param>
/// <param name="Round">Null for what concerns no round.</param>
/// <param name="Client">Null for what concerns no client.</param>
/// <param name="Kind">Such as version-published.</param>
/// <param name="Code">Of docs/errors.md, where it is a refusal or a failure.</param>
/// <param name="Data">What belongs to the kind.</param>
sealed record EventView(long Sequence, long TimeMs, string? Run, int? Round, string? Client, string Kind, string? Code, JsonNode Data);
