using System.Collections.Immutable;
using Federated.Aggregators.Adapters;
using Federated.Server.Planning;
using Federated.Server.Runs;

namespace Federated.Server.Aggregation;

/// <summary>A run's plan from what its clients have reported; a pure function of the record.</summary>
static class RunPlanner
{
    /// <summary>One choice for each client that has reported, in the ids' ordinal order.</summary>
    /// <param name="spec">With a planning section.</param>
    /// <param name="layout">Of the version that the round starts from.</param>
    /// <param name="reports">By client.</param>
    public static IReadOnlyList<ClientChoice> Choose(RunSpec spec, AdapterLayout layout, ImmutableSortedDictionary<string, SiteReport> reports)
    {
        var importance = ImportanceMerge.Merge(reports.Values.Select(r => (r.Device.Client, (double)r.Device.Samples, (IReadOnlyDictionary<string, double>)r.Importance)));
        PlanningModule[] modules = [.. layout.Groups.Where(g => g.Group.Product is not null).Select(g => Module(g, importance))];
        var scalar = (int)DeltaCodec.EncodedBytes(UpdateEncodings.Of(spec.Encoding), 1_000) / 1_000;
        return FedPipePlanner.Plan(reports.Values.Select(r => r.Device), modules, spec.Planning!.Grid(spec.Cohort.DeadlineSeconds, scalar));
    }

    /// <summary>Steps of the planned passes over a site's data.</summary>
    public static int Steps(PlanningSettings settings, long samples, int batch) => (int)Math.Min(1_000_000, settings.Epochs * ((samples + batch - 1) / batch));

    static PlanningModule Module(LayoutGroup group, IReadOnlyDictionary<string, double> importance)
    {
        var form = group.Group.Product!;
        return new PlanningModule(group.Group.Name, group.Find(form.Left)!.Shape[0], group.Find(form.Right)!.Shape[^1], importance.GetValueOrDefault(group.Group.Name));
    }
}
