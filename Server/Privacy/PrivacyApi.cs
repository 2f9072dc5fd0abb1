using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Privacy;

/// <summary>What a run has spent, over REST. Nobody's noise and no secret is in the answer.</summary>
static class PrivacyApi
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/runs/{id}/privacy", async (string id, RunDirectory runs, IRunStore store, CancellationToken stopping) =>
            View(runs.Get(id).Current.State, await store.LedgerAsync(id, stopping)));

    static object View(RoundState state, IReadOnlyList<Storage.Rows.LedgerRow> ledger) => new
    {
        trust = state.Spec.Trust,
        at = state.Spec.Privacy?.At.ToString().ToLowerInvariant(),
        unit = state.Spec.Privacy?.Unit.ToString().ToLowerInvariant(),
        accountant = state.Spec.Privacy?.Budget.Accountant,
        delta = state.Spec.Privacy?.Budget.Delta,
        budget = state.Spec.Privacy?.Budget.Epsilon,
        spent = state.Spec.Privacy is { IsCountedHere: true } ? PrivacySpending.Epsilon(state) : (double?)null,
        noise = state.Spec.Privacy is { } privacy ? privacy.Event(state.Spec.Strategy).NoiseMultiplier : (double?)null,
        participations = state.Spent,
        rounds = ledger.Select(r => new { round = r.Round, version = r.Version, noise = r.Noise, planned = r.Planned, clients = LedgerRows.Clients(r).Count, epsilon = r.Epsilon, delta = r.Delta, atMs = r.AtMs }),
    };
}
