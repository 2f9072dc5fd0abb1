using Federated.Aggregators.Adapters;
using Federated.Cli.Bench;
using Federated.Cli.Demo;
using Federated.Client.Adapters;
using Federated.Client.Data;
using Federated.Client.Devices;
using Federated.Client.Models;
using Federated.Client.Peft;
using Federated.Client.Peft.Importance;
using Federated.Client.Rounds;
using Federated.Client.Training;
using Federated.Server.Planning;
using Site = Federated.Cli.Demo.Site;

namespace Federated.Cli.FedPipe;

/// <summary>The simulated sites of one seed: their data, their devices' reports, and what their warm-up says of the matrices.</summary>
sealed class FedPipeFleet : IDisposable
{
    const int SmallBatch = 4, LargeBatch = 16, MaximumRank = 32;
    const string Matrices = "query,key,value,attention.output.dense,intermediate.dense,output.dense";

    readonly FedPipeSettings _settings;
    readonly Dictionary<string, IExamples> _data;

    public FedPipeFleet(FedPipeSettings settings, string folder, SiteImages images, string labels, ulong seed)
    {
        (_settings, Labels, Seed) = (settings, labels, seed);
        Model = ModelFolder.Load(folder);
        Bases = new HeldBases(Model, folder);
        var normalization = Preprocessor.Load(folder);
        Bundle = AdapterInitializer.Create(Model, new AdapterRequest { Options = new Dictionary<string, string> { ["r"] = $"{MaximumRank}", ["alpha"] = "4", ["rslora"] = "true", ["targets"] = Matrices }, Seed = seed });
        Classes = [.. Enumerable.Range(0, settings.PerClass * DeviceClass.All.Count).Select(i => ($"site-{(char)('a' + i)}", DeviceClass.All[i % DeviceClass.All.Count]))];
        _data = Classes.Select((c, i) => (c.Client, Images: images.Training(new Site(c.Client, "", settings.Transform, i)))).ToDictionary(c => c.Client, c => (IExamples)new ImageExamples(c.Images, normalization));
        Test = new ImageExamples(images.Test(new Site("test", "", settings.Transform, 0)), normalization);
    }

    public string Labels { get; }
    public ulong Seed { get; }
    public IFoundationModel Model { get; }
    public HeldBases Bases { get; }
    public AdapterBundle Bundle { get; }
    public IExamples Test { get; }
    public IReadOnlyList<(string Client, DeviceClass Class)> Classes { get; }

    public IExamples Data(string client) => _data[client];

    /// <summary>Measured here once in processor time, which other work on this machine does not lengthen, at the largest adapter, and slowed down as each kind of device is.</summary>
    public IReadOnlyList<DeviceReport> Measure()
    {
        var (small, large) = DeviceProbe.Measure(Model, new StartPoint(Bundle.Version0, []), Data(Classes[0].Client), SmallBatch, LargeBatch, new ProcessorClock());
        StepMeasurement Step(StepCost cost) => new(cost.Batch, cost.Seconds, cost.PeakBytes);
        return [.. Classes.Select(c => c.Class.Report(c.Client, Step(small), Step(large), Data(c.Client).Count, BasePrecision.Weights(Model)))];
    }

    /// <summary>One round at a small uniform rank, scored at every site and merged.</summary>
    public IReadOnlyList<PlanningModule> WarmUp(CancellationToken stop)
    {
        var layout = AdapterLayout.Of(Bundle.Schema, AdapterPlan.Uniform(Bundle.Schema, _settings.WarmUpRank));
        var importance = ImportanceMerge.Merge(Classes.Select(c => (c.Client, (double)Data(c.Client).Count, Score(c.Client, layout, stop))));
        return [.. layout.Groups.Select(g => new PlanningModule(g.Group.Name, g.Find("lora_B")!.Shape[0], g.Find("lora_A")!.Shape[1], importance[g.Group.Name]))];
    }

    IReadOnlyDictionary<string, double> Score(string client, AdapterLayout layout, CancellationToken stop)
    {
        using var adapter = AttachedAdapter.Attach(Model, layout);
        adapter.Import(Bundle.Version0.Reshape(layout));
        using var scores = new ImportanceScores(adapter);
        var train = new TrainSettings { Steps = Math.Max(1, Data(client).Count / LargeBatch), BatchSize = LargeBatch, LearningRate = _settings.LearningRate };
        new Trainer(Model).Train(adapter, Data(client), train, BatchOrder.RoundKey(Seed, "warm-up", 0, client), cancellation: stop, afterBackward: scores.AfterBackward);
        return scores.Read();
    }

    public void Dispose()
    {
        Bases.Dispose();
        Model.Dispose();
    }
}
