using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Server.Faults;
using Federated.Server.Privacy;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Checks that a run can work before it exists: its blobs are there and fit together, its strategy can fold them.</summary>
sealed class RunAdmission(IBlobStore blobs, VersionWriter versions, IRunSecrets secrets)
{
    /// <exception cref="FaultException">Something does not fit; nothing was changed.</exception>
    public RunAdapter Check(RunSpec spec)
    {
        foreach (var (name, digest) in new[] { ("schema", spec.Schema), ("plan", spec.Plan), ("version0", spec.Version0) })
        {
            if (blobs.Size(digest) is null)
                throw new FaultException(Fault.BlobNotFound, $"run.{name} names the blob {digest}, which was not uploaded.");
        }
        var adapter = Load(spec);
        if (adapter.Schema.BaseDigest != spec.Base)
            throw new FaultException(Fault.BlobsDoNotFit, $"run.base is {spec.Base}; the schema is for {adapter.Schema.BaseDigest}.");
        var refusals = StrategyCatalog.Default.Refusals(spec.Strategy, new FoldRequirements { LinearSum = spec.Privacy is { IsCentral: true } }, adapter.Schema);
        if (refusals.Count > 0)
            throw new FaultException(Fault.StrategyRefused, string.Join(" ", refusals));
        if (spec.Privacy is { IsCentral: true } && StrategyCatalog.Default.Compose(spec.Strategy).Unbounded(adapter.Schema).ToList() is { Count: > 0 } unbounded)
            throw new FaultException(Fault.StrategyRefused, $"The rule for {string.Join(" and ", unbounded)} groups sums what the server's noise cannot bound; another rule, or noise at the site, is needed.");
        if (spec.ProbePack is { } pack)
            ProbePack.Load(blobs, pack);
        if (PrivacyRules.Refusals(spec) is { Count: > 0 } contradictions)
            throw new FaultException(Fault.PrivacyRefused, string.Join(" ", contradictions));
        RequireALivingStart(spec, adapter);
        return adapter;
    }

    /// <summary>Checks version 0 and writes it as the run's first version; a run whose server adds noise gets its secret before.</summary>
    public async Task<VersionInfo> PublishFirstAsync(RunSpec spec, RunAdapter adapter, CancellationToken stopping)
    {
        if (spec.Privacy is { IsCentral: true })
            secrets.Create(spec.Name);
        var first = adapter.For(StrategyCatalog.Default.Compose(spec.Strategy), 0);
        var version0 = GroupFiles.ReadWhole(blobs.ReadAll(spec.Version0), adapter.Layout);
        var folded = new FoldedVersion(GroupFiles.Write(version0.Tensors), null, "[]") { Offsets = GroupFiles.Write(version0.Offsets) };
        return await versions.WriteAsync(new VersionPlace(spec.Name, 0, null, []), first, folded, stopping);
    }

    /// <summary>A factor that no round trains and that is zero keeps its product at zero for ever.</summary>
    void RequireALivingStart(RunSpec spec, RunAdapter adapter)
    {
        var composition = StrategyCatalog.Default.Compose(spec.Strategy);
        var tensors = GroupFiles.ReadWhole(blobs.ReadAll(spec.Version0), adapter.Layout).Tensors;
        AdapterPlan[] plans = [composition.PlanFor(adapter.Schema, adapter.Plan, 0), composition.PlanFor(adapter.Schema, adapter.Plan, 1)];
        foreach (var tensor in adapter.Layout.Groups.Where(g => g.Group.Product is not null && g.Plan.Trained is not []).SelectMany(g => g.Tensors))
        {
            var group = adapter.Layout.Groups[tensor.Group].Group.Name;
            if (!plans.Any(p => p.Of(group).Trains(tensor.Role)) && !tensors[tensor].ContainsAnyExcept(0f))
                throw new FaultException(Fault.StrategyRefused,
                    $"Product strategy '{composition.Strategies[StrategyKind.Product].Name}' never trains role '{tensor.Role}', and '{tensor.Name}' is zero in run.version0: its product would stay zero.");
        }
    }

    RunAdapter Load(RunSpec spec)
    {
        var adapter = RunAdapter.Load(blobs, spec.Schema, spec.Plan);
        GroupFiles.ReadWhole(blobs.ReadAll(spec.Version0), adapter.Layout);
        return adapter;
    }
}
