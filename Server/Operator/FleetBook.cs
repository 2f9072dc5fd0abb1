using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Fleet.Messages;
using Federated.Server.Identity;
using Federated.Server.Operator.Views;
using Federated.Server.Rounds;
using Federated.Server.Runs;

namespace Federated.Server.Operator;

/// <summary>The fleet as operators see it, and their decisions carried out on streams that are open.</summary>
sealed class FleetBook(ClientRegistry registry, ClientTokens tokens, ClientStandings standings, ClientCertificates certificates, RunDirectory runs)
{
    /// <summary>Everybody who was ever seen, invited or decided about, in ordinal order.</summary>
    public IEnumerable<string> Ids => tokens.Known.Concat(standings.Known).Concat(certificates.Clients).Distinct().Order(StringComparer.Ordinal);

    /// <summary>Everybody, in ordinal order of ids. Certificates are looked through once, not once for each client.</summary>
    public IEnumerable<ClientView> All()
    {
        var expiries = certificates.Expiries();
        return Ids.Select(id => View(id, expiries));
    }

    /// <summary>Null for an id that nobody knows.</summary>
    public ClientView? Find(string id)
    {
        var expiries = certificates.Expiries();
        return registry.Find(id) is null && !tokens.Knows(id) && !standings.Knows(id) && !expiries.ContainsKey(id) ? null : View(id, expiries);
    }

    ClientView View(string id, IReadOnlyDictionary<string, long?> expiries)
    {
        var here = registry.Find(id);
        var (standing, hello) = (standings.Of(id), here?.Hello);
        return new ClientView(
            id, here is null ? "Disconnected" : "Connected", standing.Approved, standing.Draining, standing.Revoked, standing.Labels,
            hello?.Software, hello?.Device, hello?.Methods, hello?.Encodings, here is null ? null : [.. here.Joined], here?.ConnectedMs, here?.LastHeardMs,
            here?.Progress is { } p && IsOpen(id, p.AssignmentId) ? new ProgressView(p.AssignmentId, p.Phase, p.Step, p.Steps, double.IsFinite(p.Loss) ? p.Loss : null) : null,
            expiries.GetValueOrDefault(id));
    }

    // What a client said last is of work that may be over by now; only the run knows.
    bool IsOpen(string client, string assignment) =>
        runs.Find(AssignmentIds.RunOf(assignment))?.Current.State is { IsTerminal: false } state
        && (state.AssignmentOf(client, assignment) is { State: ParticipationState.Assigned }
            || state.Evaluations.Values.Any(e => e.Entries.GetValueOrDefault(client) is { State: EvaluationState.Assigned } entry && entry.AssignmentId == assignment));

    public async Task DecideAsync(string id, Func<Standing, Standing> change, CancellationToken stopping)
    {
        var before = standings.Of(id);
        var after = await standings.ChangeAsync(id, change, stopping);
        if (after.Revoked && !before.Revoked)
            await certificates.RevokeAllAsync(id, stopping);
        if (registry.Find(id) is { } client)
            await ApplyAsync(client, before, after, stopping);
    }

    async Task ApplyAsync(ConnectedClient client, Standing before, Standing after, CancellationToken stopping)
    {
        if (after.Revoked)
            client.End(new Refusal(Fault.ClientRevoked, $"Client '{client.Id}' is revoked."));
        else if (after.Draining && !before.Draining)
            await LeaveSelectionAsync(client, stopping);
        else if (before.Draining && !after.Draining)
            // It comes back by a new stream, and with what it has done meanwhile.
            client.Dismiss(new ServerSays.Goodbye("undrained", 0));
        else if (after.Approved && !before.Approved)
            Offer(client);
    }

    // A member that has left is not selected; what it was assigned before is still taken.
    async Task LeaveSelectionAsync(ConnectedClient client, CancellationToken stopping)
    {
        foreach (var run in client.Joined)
        {
            if (runs.Find(run) is { } loop)
                await loop.SendAsync(new RoundCommand.ClientLeft(client.Id, client.Session), stopping);
        }
    }

    void Offer(ConnectedClient client)
    {
        foreach (var offer in runs.Offers(client.Id))
            client.TrySend(new ServerSays.Offer(offer));
    }
}
