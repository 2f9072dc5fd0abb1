using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Checks that a run can work before it exists: its blobs are there and fit together, its strategy can fold them.</summary>
sealed class RunAdmission(IBlobStore blobs, VersionWriter versions)
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
        var refusals = StrategyCatalog.Default.Refusals(spec.Strategy, new FoldRequirements { FixedBase = true }, adapter.Schema);
        if (refusals.Count > 0)
            throw new FaultException(Fault.StrategyRefused, string.Join(" ", refusals));
        RequireOnePlan(spec, adapter);
        return adapter;
    }

    /// <summary>Every round of a run trains what the run's plan says; a rule that wants other roles in some round would fold zeros.</summary>
    static void RequireOnePlan(RunSpec spec, RunAdapter adapter)
    {
        var composition = StrategyCatalog.Default.Compose(spec.Strategy);
        for (var round = 1; round <= 2; round++)
        {
            if (composition.PlanFor(adapter.Schema, adapter.Plan, round) != adapter.Plan)
                throw new FaultException(Fault.StrategyRefused,
                    $"Product strategy '{composition.Strategies[StrategyKind.Product].Name}' trains only some roles of the product groups in round {round}; run.plan {spec.Plan} trains others, and a run has one plan.");
        }
    }

    /// <summary>Checks version 0 and writes it as the run's first version.</summary>
    public async Task<VersionInfo> PublishFirstAsync(RunSpec spec, RunAdapter adapter, CancellationToken stopping)
    {
        var tensors = GroupFiles.ReadWhole(blobs.ReadAll(spec.Version0), adapter.Layout);
        return await versions.WriteAsync(spec.Name, 0, adapter, new FoldedVersion(GroupFiles.Write(tensors), null, "[]"), null, stopping);
    }

    RunAdapter Load(RunSpec spec)
    {
        var adapter = RunAdapter.Load(blobs, spec.Schema, spec.Plan);
        GroupFiles.ReadWhole(blobs.ReadAll(spec.Version0), adapter.Layout);
        return adapter;
    }
}
