using Federated.Server.Identity;
using Federated.Server.Privacy;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Operator;

/// <summary>What a run has spent, over REST. Nobody's noise and no secret is in the answer.</summary>
static class PrivacyApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/runs/{id}/privacy", async (string id, RunDirectory runs, IRunStore store, CancellationToken stopping) =>
                PrivacyView.Of(runs.Get(id).Current.State, await store.LedgerAsync(id, stopping)))
            .NeedsForRun(Role.Viewer, "id", "The run's privacy settings, its budget and what each round cost.").Produces<PrivacyView>();
        api.MapGet("/runs/{id}/leakage", async (string id, RunDirectory runs, IRunStore store, CancellationToken stopping) =>
                LeakageView.Of(runs.Get(id).Current.State, await store.RoundsAsync(id, stopping)))
            .NeedsForRun(Role.Viewer, "id", "How many public candidates stood out against each round's updates.").Produces<LeakageView>();
    }
}
