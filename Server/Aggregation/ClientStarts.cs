using System.Collections.Immutable;
using Federated.Aggregators.Adapters;
using Federated.Formats.Digests;
using Federated.Server.Planning;
using Federated.Server.Rounds;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Plans a version's next round and writes what each client starts from: the version reshaped to its own plan, a set of blobs per distinct plan.</summary>
sealed class ClientStarts(IBlobStore blobs, IManifestEncoder manifests)
{
    /// <param name="order">Reports, settings, and what the version before had planned.</param>
    /// <param name="next">The adapter under the plan of the round that starts from the version.</param>
    /// <param name="version">The version, written already.</param>
    /// <param name="tensors">Its values.</param>
    /// <param name="stopping">Ends the wait.</param>
    public async Task<VersionPlanning> WriteAsync(FoldOrder order, RunAdapter next, VersionInfo version, AdapterTensors tensors, CancellationToken stopping)
    {
        var choices = RunPlanner.Choose(order.Spec, next.Layout, order.Reports);
        var before = order.VersionIn.Planning;
        var changed = before is null || !choices.Select(Sizes).SequenceEqual(before.Clients.Values.Select(p => Sizes(p.Choice)));
        var planVersion = before is null ? next.Plan.Version + 1 : before.PlanVersion + (changed ? 1 : 0);
        var plans = PlanOverrides.Apply(next.Schema, new AdapterPlan(planVersion - 1, next.Plan.Groups), choices);
        var (written, parts) = (new Dictionary<string, ClientStart>(StringComparer.Ordinal), new List<PlannedPart>());
        foreach (var choice in choices)
            parts.Add(new PlannedPart(choice, choice.Trains ? await StartAsync(order, PlanOverrides.For(plans, next.Schema, choice.Client), choice) : null));
        return new VersionPlanning(planVersion, parts.ToImmutableSortedDictionary(p => p.Choice.Client, p => p, StringComparer.Ordinal));

        async Task<ClientStart> StartAsync(FoldOrder o, AdapterPlan plan, ClientChoice choice)
        {
            var json = plan.ToJson();
            var digest = TreeDigest.Of(json);
            var steps = RunPlanner.Steps(o.Spec.Planning!, o.Reports[choice.Client].Device.Samples, choice.Batch);
            if (!written.TryGetValue(digest, out var start))
                written[digest] = start = await WriteOneAsync(version, tensors.Reshape(AdapterLayout.Of(next.Schema, plan)), json, digest, o.Plan.Run, stopping);
            return start with { Steps = steps };
        }
    }

    async Task<ClientStart> WriteOneAsync(VersionInfo version, AdapterTensors tensors, byte[] plan, string planDigest, string run, CancellationToken stopping)
    {
        var batch = blobs.Begin();
        ImmutableArray<GroupInfo> groups = [.. GroupFiles.Write(batch, tensors)];
        var manifest = batch.Add(manifests.Encode(new ManifestContent(run, version.Version, version.SchemaDigest, planDigest, version.Parent) { Groups = groups, Offsets = [] }));
        batch.Add(plan);
        await batch.CommitAsync(stopping);
        return new ClientStart(planDigest, manifest, 0, groups);
    }

    static string Sizes(ClientChoice c) => $"{c.Client}:{c.Rank}:{c.Batch}:{c.BaseBits}:{string.Join(',', c.Groups)}";
}
