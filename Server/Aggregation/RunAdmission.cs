using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Formats.Versions;
using Federated.Server.Faults;
using Federated.Server.Privacy;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Checks that a run can work before it exists: its blobs are there and fit together, its strategy can fold them.</summary>
sealed class RunAdmission(IBlobStore blobs, VersionWriter versions, IRunStore store, AdapterCache adapters, IRunSecrets secrets)
{
    /// <exception cref="FaultException">Something does not fit; nothing was changed.</exception>
    public async Task<AdmittedRun> CheckAsync(RunSpec spec, CancellationToken stopping)
    {
        RequireBlobs(spec);
        var adapter = RunAdapter.Load(blobs, spec.Schema, spec.Plan);
        if (adapter.Schema.BaseDigest != spec.Base)
            throw new FaultException(Fault.BlobsDoNotFit, $"run.base is {spec.Base}; the schema is for {adapter.Schema.BaseDigest}.");
        var requirements = new FoldRequirements
        {
            LinearSum = spec.Privacy is { IsCentral: true },
            MixedRanks = adapter.Plan.HasMixedRanks || spec.Planning is not null,
            Asynchronous = spec.Asynchrony is not null,
            PlainClients = true,
        };
        var refusals = StrategyCatalog.Default.Refusals(spec.Strategy, requirements, adapter.Schema);
        if (refusals.Count > 0)
            throw new FaultException(Fault.StrategyRefused, string.Join(" ", refusals));
        if (spec.Privacy is { IsCentral: true } && StrategyCatalog.Default.Compose(spec.Strategy).Unbounded(adapter.Schema).ToList() is { Count: > 0 } unbounded)
            throw new FaultException(Fault.StrategyRefused, $"The rule for {string.Join(" and ", unbounded)} groups sums what the server's noise cannot bound; another rule, or noise at the site, is needed.");
        if (spec.Planning is { } planning)
            RequirePlannable(spec, planning, adapter);
        if (spec.ProbePack is { } pack)
            ProbePack.Load(blobs, pack);
        if (PrivacyRules.Refusals(spec) is { Count: > 0 } contradictions)
            throw new FaultException(Fault.PrivacyRefused, string.Join(" ", contradictions));
        var run = spec.WarmStart is { } start ? await FromVersionAsync(spec, start, adapter, stopping) : FromBlob(spec, adapter);
        try
        {
            RequireALivingStart(spec, run);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Writes the run's first version; a run whose server adds noise gets its secret before.</summary>
    public Task<VersionInfo> PublishFirstAsync(RunSpec spec, AdmittedRun run, CancellationToken stopping)
    {
        if (spec.Privacy is { IsCentral: true })
            secrets.Create(spec.Name);
        var first = run.Adapter.For(StrategyCatalog.Default.Compose(spec.Strategy), 0);
        return versions.WriteAsync(run.Place, first, Written(run.Adapter.Layout, run.Start.Read, run.Start.Offsets), stopping);
    }

    /// <summary>Writes an earlier version's values, offsets and strategy state again, as the successor of the current one.</summary>
    /// <exception cref="FaultException">A blob is missing or corrupt, or the versions have other tensors.</exception>
    public async Task<VersionInfo> WriteAgainAsync(RunSpec spec, VersionInfo earlier, VersionInfo current, CancellationToken stopping)
    {
        var adapter = adapters.Get(current.SchemaDigest, current.PlanDigest);
        var next = adapter.For(StrategyCatalog.Default.Compose(spec.Strategy), current.Version + 1);
        var place = new VersionPlace(spec.Name, current.Version + 1, current.ManifestDigest, earlier.Offsets);
        // Blobs that are corrupt must not become the newest version: they are read and written again, not just named.
        var written = Written(adapter.Layout, part => GroupFiles.Read(blobs, part, earlier), []);
        var state = earlier.StateDigest is { } digest ? written.Blobs.Add(blobs.ReadAll(digest)) : null;
        return await versions.WriteAsync(place, next, written with { StateDigest = state }, stopping);
    }

    FoldedVersion Written(AdapterLayout layout, Func<AdapterLayout, AdapterTensors> read, IReadOnlyList<OffsetFactor> offsets)
    {
        var batch = blobs.Begin();
        List<GroupInfo> groups = [.. AdapterParts.Of(layout).SelectMany(part => GroupFiles.Write(batch, read(part)))];
        return new FoldedVersion(groups, null, "[]", batch) { Offsets = GroupFiles.Write(batch, offsets) };
    }

    void RequireBlobs(RunSpec spec)
    {
        foreach (var (name, digest) in new[] { ("schema", spec.Schema), ("plan", spec.Plan), ("version0", spec.Version0) })
        {
            if (digest is not null && blobs.Size(digest) is null)
                throw new FaultException(Fault.BlobNotFound, $"run.{name} names the blob {digest}, which was not uploaded.");
        }
    }

    AdmittedRun FromBlob(RunSpec spec, RunAdapter adapter) =>
        new(adapter, FirstVersion.OfBlob(blobs, spec.Version0!, adapter.Layout), new VersionPlace(spec.Name, 0, null, []));

    async Task<AdmittedRun> FromVersionAsync(RunSpec spec, WarmStart start, RunAdapter adapter, CancellationToken stopping)
    {
        var row = await store.VersionAsync(start.Run, start.Version, stopping)
            ?? throw new FaultException(Fault.VersionNotFound, $"run.warmStart names version {start.Version} of run '{start.Run}', which does not exist.");
        var version = RoundRestore.Version(row);
        if (version.SchemaDigest != spec.Schema)
            throw new FaultException(Fault.BlobsDoNotFit, $"run.schema is {spec.Schema}; version {start.Version} of run '{start.Run}' has {version.SchemaDigest}.");
        var first = FirstVersion.OfVersion(blobs, adapters.Get(version.SchemaDigest, version.PlanDigest).Layout, version);
        return new AdmittedRun(adapter, first, new VersionPlace(spec.Name, 0, version.ManifestDigest, version.Offsets));
    }

    static void RequirePlannable(RunSpec spec, PlanningSettings planning, RunAdapter adapter)
    {
        if (StrategyCatalog.Default.Compose(spec.Strategy).Capabilities(StrategyKind.Product).AddsOffsets)
            throw new FaultException(Fault.StrategyRefused, "run.planning is given and the strategy adds frozen factors to the base; a client without a matrix's adapter would train on another base.");
        var ranks = adapter.Layout.Groups.Where(g => g.Group.Product is not null).Select(g => g.Rank).ToList();
        if (ranks.Count == 0)
            throw new FaultException(Fault.StrategyRefused, "run.planning sizes product groups; the run's plan enables none.");
        if (planning.Ranks[^1] > ranks.Min())
            throw new FaultException(Fault.BlobsDoNotFit, $"run.planning.ranks has {planning.Ranks[^1]}; the run's plan has rank {ranks.Min()}, and no client trains more.");
    }

    /// <summary>A factor that no round trains and that is zero keeps its product at zero for ever. Every value is read for it, so that what is not finite is found too.</summary>
    static void RequireALivingStart(RunSpec spec, AdmittedRun run)
    {
        foreach (var part in AdapterParts.Of(run.Adapter.Layout))
            RequireALivingStart(spec, run.Adapter, run.Start.Read(part));
    }

    static void RequireALivingStart(RunSpec spec, RunAdapter adapter, AdapterTensors start)
    {
        var composition = StrategyCatalog.Default.Compose(spec.Strategy);
        AdapterPlan[] plans = [composition.PlanFor(adapter.Schema, adapter.Plan, 0), composition.PlanFor(adapter.Schema, adapter.Plan, 1)];
        foreach (var tensor in start.Layout.Groups.Where(g => g.Group.Product is not null && g.Plan.Trained is not []).SelectMany(g => g.Tensors))
        {
            var group = start.Layout.Groups[tensor.Group].Group.Name;
            if (!plans.Any(p => p.Of(group).Trains(tensor.Role)) && !start[tensor].ContainsAnyExcept(0f))
                throw new FaultException(Fault.StrategyRefused,
                    $"Product strategy '{composition.Strategies[StrategyKind.Product].Name}' never trains role '{tensor.Role}', and '{tensor.Name}' is zero in the first version: its product would stay zero.");
        }
    }
}

/// <summary>A run that can work; what it starts from stays open until it is disposed.</summary>
/// <param name="Adapter">Under the plan that the operator gave.</param>
/// <param name="Start">The first version.</param>
/// <param name="Place">The first version's name and parent, and the offsets that the parent has already.</param>
sealed record AdmittedRun(RunAdapter Adapter, FirstVersion Start, VersionPlace Place) : IDisposable
{
    public void Dispose() => Start.Dispose();
}
