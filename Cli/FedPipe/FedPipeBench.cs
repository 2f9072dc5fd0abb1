using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Cli.Bench;
using Federated.Cli.Demo;
using Federated.Client.Devices;
using Federated.Client.Training;
using Federated.Server.Planning;

namespace Federated.Cli.FedPipe;

/// <summary>Eight sites on four simulated kinds of device: one size for all, the weakest's or the strongest's, against a plan for each.</summary>
sealed class FedPipeBench(FedPipeSettings settings, FashionMnist files, Workspace workspace, DemoConsole console)
{
    public async Task<IReadOnlyList<FedPipeRow>> RunAsync(CancellationToken stop)
    {
        TorchSharp.torch.set_num_threads(1);
        var folder = await BaseModel.EnsureAsync(workspace, Images("iid", 1), Demo("iid", 1), console, stop);
        return await console.ProgressAsync("Ways of sizing", 3 * settings.Labels.Count * settings.Seeds * settings.Rounds, report => Task.Run(() =>
        {
            var (rows, done) = (new List<FedPipeRow>(), 0);
            foreach (var (labels, seed) in settings.Labels.SelectMany(l => Enumerable.Range(1, settings.Seeds).Select(s => (l, (ulong)s))))
            {
                using var fleet = new FedPipeFleet(settings, folder, Images(labels, seed), labels, seed);
                rows.AddRange(Run(fleet, (name, accuracy) => report(++done, FormattableString.Invariant($"{name}, {labels}, seed {seed}: {100 * accuracy:0.0} %")), stop));
            }
            return (IReadOnlyList<FedPipeRow>)rows;
        }, stop));
    }

    List<FedPipeRow> Run(FedPipeFleet fleet, Action<string, double> report, CancellationToken stop)
    {
        var devices = fleet.Measure();
        var modules = fleet.WarmUp(stop);
        // Below eight examples AdamW follows noise at this rate; a plan that trains is worth more than one that fits.
        var grid = new PlanningGrid { DeadlineSeconds = settings.DeadlineSeconds, Batches = [8, 16, 32] };
        var planned = FedPipePlanner.Plan(devices, modules, grid);
        // One size for all is not held to the deadline: its price is the waiting.
        var patient = grid with { DeadlineSeconds = double.MaxValue };
        ClientChoice Size(DeviceReport device) => FedPipePlanner.Plan([device], modules, patient).Single();
        var bySize = devices.OrderBy(d => d.MemoryBytes).ThenBy(d => d.Client, StringComparer.Ordinal).ToList();
        return
        [
            Federate("weakest", fleet, devices, Uniform(devices, Size(bySize[0]), modules), modules, patient, report, stop),
            Federate("strongest", fleet, devices, Uniform(devices, Size(bySize[^1]), modules), modules, patient, report, stop),
            Federate("fedpipe", fleet, devices, planned, modules, grid, report, stop),
        ];
    }

    /// <summary>One choice for all; a device whose memory it does not fit only evaluates.</summary>
    static IReadOnlyList<ClientChoice> Uniform(IReadOnlyList<DeviceReport> devices, ClientChoice choice, IReadOnlyList<PlanningModule> modules) =>
        [.. devices.Select(d => CostModel.Bytes(d, choice.BaseBits, choice.Batch, Scalars(choice, modules)) <= new PlanningGrid { DeadlineSeconds = double.MaxValue }.MemoryShare * d.MemoryBytes
            ? choice with { Client = d.Client } : ClientChoice.EvaluationOnly(d.Client, "the one size does not fit its memory"))];

    FedPipeRow Federate(string name, FedPipeFleet fleet, IReadOnlyList<DeviceReport> devices, IReadOnlyList<ClientChoice> choices, IReadOnlyList<PlanningModule> modules, PlanningGrid grid,
        Action<string, double> report, CancellationToken stop)
    {
        var training = choices.Where(c => c.Trains).ToList();
        if (training.Count == 0) return new FedPipeRow(name, fleet.Labels, fleet.Seed, [], 0, 0, 0, [.. choices.Select(Words)]);
        var schema = fleet.Bundle.Schema;
        var plan = PlanOverrides.Apply(schema, AdapterPlan.Uniform(schema, training.Max(c => c.Rank)), choices);
        LocalSite[] sites = [.. training.Select(c => new LocalSite(c.Client, fleet.Data(c.Client), AdapterLayout.Of(schema, plan, c.Client), fleet.Seed)
            { BaseBits = c.BaseBits, BatchSize = c.Batch, Steps = (fleet.Data(c.Client).Count + c.Batch - 1) / c.Batch })];
        var federation = new LocalFederation(fleet.Bases, StrategyCatalog.Default.Compose(FoldSpec.Of("flexlora")), new TrainSettings { LearningRate = settings.LearningRate });
        var (version, accuracy, steps) = (fleet.Bundle.Version0.Reshape(AdapterLayout.Of(schema, plan)), new List<double>(), new List<double>());
        ResidentMemory.ResetPeak();
        for (var round = 1; round <= settings.Rounds; round++)
        {
            (version, var step) = federation.Round(version, sites, round, stop);
            steps.Add(step);
            accuracy.Add(federation.Accuracy(version, fleet.Test, stop));
            report(name, accuracy[^1]);
        }
        double[] seconds = [.. training.Select(c => CostModel.Seconds(devices.Single(d => d.Client == c.Client), grid, c.Batch, Scalars(c, modules)))];
        return new FedPipeRow(name, fleet.Labels, fleet.Seed, accuracy, seconds.Max(), training.Sum(c => 2.0 * grid.BytesPerScalar * Scalars(c, modules)) / (1 << 20),
            seconds.Sum(s => seconds.Max() - s) / (seconds.Length * seconds.Max()), [.. choices.Select(Words)])
        {
            StepMilliseconds = 1000 * steps.Average(), PeakMebibytes = ResidentMemory.PeakBytes() / (double)(1 << 20),
        };
    }

    static long Scalars(ClientChoice choice, IReadOnlyList<PlanningModule> modules) => modules.Where(m => choice.Groups.Contains(m.Group)).Sum(m => m.Scalars(choice.Rank));

    static string Words(ClientChoice choice) => choice.Trains
        ? FormattableString.Invariant($"{choice.Client}: {choice.Groups.Count} matrices, rank {choice.Rank}, batch {choice.Batch}, base {choice.BaseBits} bits; {choice.PredictedBytes / (1 << 20):0.00} MiB, {choice.PredictedSeconds:0.0} s predicted")
        : $"{choice.Client}: evaluates only, {choice.Refusal}";

    // Every site draws from images of its own.
    SiteImages Images(string labels, ulong seed) => new(files, Demo(labels, seed), FashionMnist.BaseImages / (settings.PerClass * DeviceClass.All.Count));

    DemoSettings Demo(string labels, ulong seed) => new() { Labels = labels, Seed = seed, ImagesPerSite = settings.ImagesPerSite, TestImages = settings.TestImages, PretrainEpochs = settings.PretrainEpochs };
}
