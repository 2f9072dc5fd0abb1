using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Peft;
using Federated.Client.Training;

namespace Federated.Cli.Bench;

/// <summary>A federation in this process, for comparisons of methods: sites' own training and the coordinator's own fold, without processes and wire.</summary>
sealed class LocalFederation(HeldBases bases, Composition composition, TrainSettings settings)
{
    /// <summary>One round: every site trains from the version, reshaped to its own layout, and the changes are folded.</summary>
    /// <param name="version">Where the round starts.</param>
    /// <param name="sites">Who takes part.</param>
    /// <param name="round">From 1.</param>
    /// <param name="stop">Looked at between steps.</param>
    public (AdapterTensors Version, double StepSeconds) Round(AdapterTensors version, IReadOnlyList<LocalSite> sites, int round, CancellationToken stop)
    {
        var (contributions, seconds, steps) = (new List<Contribution>(), 0.0, 0);
        foreach (var site in sites)
        {
            var start = version.Reshape(site.Layout);
            var (trained, report) = Train(site, start, round, stop);
            contributions.Add(new Contribution(site.Name, site.Training.Count, site.Layout, new DenseDelta(Difference(trained, start))));
            (seconds, steps) = (seconds + report.Seconds, steps + report.Steps);
        }
        var result = new Fold(composition).Run(new FoldInput(version, contributions) { Round = round }, new FoldLimits(Diagnose: false), stop);
        return (result.Tensors, seconds / steps);
    }

    public double Accuracy(AdapterTensors version, IExamples test, CancellationToken stop)
    {
        using var adapter = AttachedAdapter.Attach(bases.Full, version.Layout);
        adapter.Import(version);
        return new Evaluator(bases.Full).Evaluate(test, cancellation: stop).Accuracy;
    }

    (AdapterTensors, TrainReport) Train(LocalSite site, AdapterTensors start, int round, CancellationToken stop)
    {
        var model = bases.At(site.BaseBits);
        using var adapter = AttachedAdapter.Attach(model, start.Layout);
        adapter.Import(start);
        var own = settings with { BatchSize = site.BatchSize ?? settings.BatchSize, Steps = site.Steps ?? settings.Steps };
        var report = new Trainer(model).Train(adapter, site.Training, own, site.Key(round), cancellation: stop);
        return (adapter.Export(), report);
    }

    static AdapterTensors Difference(AdapterTensors trained, AdapterTensors start)
    {
        var delta = new float[start.Values.Length];
        for (var i = 0; i < delta.Length; i++)
            delta[i] = trained.Values[i] - start.Values[i];
        return new AdapterTensors(start.Layout, delta);
    }
}
