using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Fleet.Messages;
using Federated.Server.Privacy;
using Federated.Server.Rounds;

namespace Federated.Server.Transport;

/// <summary>Who may join a run: a mismatch is found here, before anything is trained.</summary>
static class JoinRules
{
    /// <summary>Null: welcome.</summary>
    public static Refusal? Check(ConnectedClient client, ClientSaid.JoinRun join, RoundState? run)
    {
        // A run that is not this client's business does not exist for it.
        if (run is null || !run.Spec.Admits(client.Id))
            return new Refusal(Fault.NotInvited, $"Client '{client.Id}' is not among the clients of a run '{join.Run}'.");
        if (run.IsTerminal)
            return new Refusal(Fault.RunEnded, $"Run '{run.Run}' is {RoundRows.Name(run.Phase)}.");
        if (join.BaseDigest != run.Spec.Base)
            return new Refusal(Fault.BaseDiffers, $"The client's base model is {join.BaseDigest}; run '{run.Run}' trains {run.Spec.Base}.");
        if (join.SchemaDigest != run.Spec.Schema)
            return new Refusal(Fault.SchemaDiffers, $"The client's schema is {join.SchemaDigest}; run '{run.Run}' has {run.Spec.Schema}.");
        if (TrustRules.Check(run.Spec, join) is { } contradiction)
            return contradiction;
        if (!client.Hello.Encodings.Contains(run.Spec.Encoding))
            return new Refusal(Fault.CapabilityMissing, $"Run '{run.Run}' sends updates in {run.Spec.Encoding}; the client knows {string.Join(", ", client.Hello.Encodings)}.");
        return client.Joined.Count >= ProtocolLimits.JoinedRuns
            ? new Refusal(Fault.FieldTooLarge, $"The client has joined {client.Joined.Count} runs, which is the limit.")
            : null;
    }
}
