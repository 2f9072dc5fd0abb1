using Federated.Aggregators.Adapters;
using Federated.Client.Adapters;
using Federated.Client.Data;
using Federated.Client.Data.Domains;
using Federated.Client.Devices;
using Federated.Client.Models;
using Federated.Client.Models.Vit;
using Federated.Client.Peft;
using Federated.Client.Peft.Importance;
using Federated.Client.Rounds;
using Federated.Client.Tests.Support;
using Federated.Client.Training;

namespace Federated.Client.Tests.Peft;

/// <summary>What a site tells a planner: importance and costs.</summary>
[Collection(WholeProcess.Name)]
public sealed class PlanningInputTests : IDisposable
{
    readonly TestFolder _folder = new();
    readonly VitModel _model;
    readonly IExamples _data;

    public PlanningInputTests()
    {
        _model = SmallVit.Load(_folder["base"]);
        IdxFiles.WriteBars(_folder["i"], _folder["l"], 40, 8, 4, 2);
        _data = new ImageExamples(ImageDataset.Load(_folder["i"], _folder["l"], new IndexRange(), DomainCatalog.Parse("clean")), Normalization.Default);
    }

    [Fact]
    public void Importance_ThreeSteps_IsTheFormulaOverTheirGradients()
    {
        var bundle = Bundle();
        using var adapter = Attach(bundle);
        using var scores = new ImportanceScores(adapter);
        Assert.All(scores.Read().Values, v => Assert.Equal(0, v));
        var history = new List<Dictionary<string, (float[] Weight, float[] Gradient)>>();
        new Trainer(_model).Train(adapter, _data, new TrainSettings { Steps = 3, BatchSize = 8 }, 1, afterBackward: () =>
        {
            history.Add(adapter.Groups.SelectMany(g => g.Tensors.Zip(g.Group.Tensors)).ToDictionary(p => p.Second.Name, p => (TensorValues.ToArray(p.First), TensorValues.ToArray(p.First.grad!))));
            scores.AfterBackward();
        });
        var read = scores.Read();
        foreach (var group in bundle.Version0.Layout.Groups)
        {
            var (a, b) = (group.Find("lora_A")!, group.Find("lora_B")!);
            var (sa, sb) = (Scores(history, a), Scores(history, b));
            var expected = Enumerable.Range(0, group.Rank).Sum(k =>
                Enumerable.Range(0, a.Shape[1]).Average(j => sa[k * a.Shape[1] + j]) + Enumerable.Range(0, b.Shape[0]).Average(i => sb[i * group.Rank + k]));
            Assert.Equal(expected, read[group.Group.Name], 1e-4 * expected + 1e-12);
            Assert.True(read[group.Group.Name] > 0);
        }
    }

    [Fact]
    public void Importance_WhileTraining_ChangesNoBitOfIt()
    {
        var (bundle, settings) = (Bundle(), new TrainSettings { Steps = 4, BatchSize = 8 });
        byte[] Train(bool scored)
        {
            using var adapter = Attach(bundle);
            using var scores = new ImportanceScores(adapter);
            new Trainer(_model).Train(adapter, _data, settings, 1, afterBackward: scored ? scores.AfterBackward : null);
            return adapter.Export().Bytes.ToArray();
        }
        Assert.Equal(Train(false), Train(true));
    }

    [Fact]
    public void Probe_TwoBatches_MeasuresBothAndLeavesTheBase()
    {
        var before = SmallModels.Weights(_model);
        var (small, large) = DeviceProbe.Measure(_model, new StartPoint(Bundle().Version0, []), _data, 2, 16, TimeProvider.System);
        Assert.Equal((2, 16), (small.Batch, large.Batch));
        Assert.True(small.Seconds > 0 && large.Seconds > 0 && small.PeakBytes > 0 && large.PeakBytes > 0);
        Assert.Equal(before, SmallModels.Weights(_model));
    }

    // A process that has trained before has memory of its own to use again; the examples of a large batch must show all the same.
    [Fact]
    public void Probe_AfterLargerWork_StillSeesWhatTheExamplesOfABatchTake()
    {
        const int Examples = 4096;
        var start = new StartPoint(Bundle().Version0, []);
        DeviceProbe.Measure(_model, start, _data, 2, 2 * Examples, TimeProvider.System);
        var (small, large) = DeviceProbe.Measure(_model, start, _data, 2, Examples, TimeProvider.System);
        // Five tokens of twelve units, of which each of three blocks keeps ten and more until the backward pass. Half of it, because free memory between what lives cannot
        // be given back, is used again and is not seen.
        Assert.True(large.PeakBytes - small.PeakBytes > 0.5 * 4 * Examples * 5 * 12 * 3 * 10, $"{large.PeakBytes - small.PeakBytes} bytes for {Examples} examples");
    }

    [Fact]
    public void Train_AskedToMeasure_ReportsCostsImportanceAndPrecisionsAndTrainsTheSame()
    {
        var start = new StartPoint(Bundle().Version0, []);
        var settings = new TrainSettings { Steps = 3, BatchSize = 8, LearningRate = 0.01 };
        using var site = new Client.Rounds.Site(ModelFolder.Load(_folder["base"]), _data, null) { BaseFolder = _folder["base"] };
        var (plain, unasked) = site.Train(start, settings, 1, null, CancellationToken.None);
        var (measured, report) = site.Train(start, settings with { Measure = (2, 8) }, 1, null, CancellationToken.None);
        Assert.Equal(plain.Bytes.ToArray(), measured.Bytes.ToArray());
        Assert.Null(unasked.Measurement);
        Assert.Equal((2, 8, BasePrecision.Weights(_model)), (report.Measurement!.Small.Batch, report.Measurement.Large.Batch, report.Measurement.BaseWeights));
        Assert.Equal(start.Layout.Groups.Select(g => g.Group.Name).Order(), report.Measurement.Importance.Keys.Order());
        Assert.Equal([32, 8, 4], report.Measurement.BaseBits);
        Assert.True(report.PeakBytes > 0);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    AdapterBundle Bundle() => AdapterInitializer.Create(_model, new AdapterRequest { Options = new Dictionary<string, string> { ["r"] = "2", ["alpha"] = "6" } });

    AttachedAdapter Attach(AdapterBundle bundle)
    {
        var random = new Random(9);
        var adapter = AttachedAdapter.Attach(_model, bundle.Version0.Layout);
        adapter.Import(new AdapterTensors(bundle.Version0.Layout, [.. bundle.Version0.Values.ToArray().Select(v => v + (float)(0.1 * random.NextDouble()))]));
        return adapter;
    }

    /// <summary>AdaLoRA's smoothed sensitivity times uncertainty, element by element in doubles.</summary>
    static double[] Scores(List<Dictionary<string, (float[] Weight, float[] Gradient)>> history, LayoutTensor tensor)
    {
        var (mean, deviation) = (new double[tensor.Elements], new double[tensor.Elements]);
        foreach (var (weight, gradient) in history.Select(h => h[tensor.Name]))
        {
            for (var i = 0; i < mean.Length; i++)
            {
                var sensitivity = Math.Abs((double)weight[i] * gradient[i]);
                mean[i] = 0.85 * mean[i] + 0.15 * sensitivity;
                deviation[i] = 0.85 * deviation[i] + 0.15 * Math.Abs(sensitivity - mean[i]);
            }
        }
        return [.. mean.Zip(deviation, (m, u) => m * u)];
    }
}
