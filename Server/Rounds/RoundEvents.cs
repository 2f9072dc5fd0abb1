using System.Text;
using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Server.Faults;
using Federated.Server.Runs;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Rounds;

/// <summary>Rows of the event table that a run writes.</summary>
static class RoundEvents
{
    public static EventRow RunCreated(RoundState state) => Of(state, state.CreatedMs, "run-created", null, null, w =>
    {
        w.WriteString("spec", state.SpecDigest);
        w.WriteString("strategy", StrategyJson.NameOf(state.Spec.Strategy));
        w.WriteString("version", state.Version.ManifestDigest);
    });

    public static EventRow Of(RoundState state, long nowMs, string kind, string? client, Fault? fault, Action<Utf8JsonWriter>? data) => new()
    {
        TimeMs = nowMs,
        RunId = state.Run,
        Round = state.Round,
        Client = client,
        Kind = kind,
        Code = fault is { } f ? FaultCatalog.Of(f).Code : null,
        DataJson = data is null ? "{}" : Encoding.UTF8.GetString(CanonicalJson.Write(data)),
    };
}
