using Federated.Aggregators.Adapters;
using Federated.Client.Adapters;
using Federated.Client.Data;
using Federated.Client.Data.Domains;
using Federated.Client.Peft;
using Federated.Client.Privacy;
using Federated.Client.Tests.Support;
using Federated.Client.Training;
using Federated.Privacy.Mechanisms;

namespace Federated.Client.Tests.Privacy;

/// <summary>The site's probe on a real model: one step on one image is seen, a fresh adapter's first step and noise are not.</summary>
public sealed class ReleaseProbeTests : IDisposable
{
    readonly TestFolder _folder = new();
    readonly ImageExamples _data;

    public ReleaseProbeTests()
    {
        IdxFiles.WriteBars(_folder["i"], _folder["l"], 64, 8, 4, 2);
        _data = new ImageExamples(ImageDataset.Load(_folder["i"], _folder["l"], new IndexRange(), DomainCatalog.Parse("clean")), Normalization.Default);
    }

    [Fact]
    public void Measure_OneStepOnOneImage_SeesItsInputsUntilNoiseIsAdded()
    {
        using var model = SmallVit.Load(_folder["base"]);
        var (delta, used) = Step(model, bScale: 0.5f);
        var probe = new ReleaseProbe(model);
        var plain = probe.Measure(delta, _data, used, _data)!;
        Assert.Equal((1, 1), (plain.Auc, plain.ExactHits));
        SiteNoise.Apply(delta, 1, 50, new NoiseKey(new byte[32]));
        var noised = probe.Measure(delta, _data, used, _data)!;
        Assert.Equal(0, noised.ExactHits);
        Assert.True(noised.AdvantageFloor < plain.AdvantageFloor);
    }

    [Fact]
    public void Measure_BIsZero_SeesNothing()
    {
        using var model = SmallVit.Load(_folder["base"]);
        var (delta, used) = Step(model, bScale: 0);
        Assert.Equal(0.5, new ReleaseProbe(model).Measure(delta, _data, used, _data)!.Auc);
    }

    (AdapterTensors Delta, int[] Used) Step(Federated.Client.Models.Vit.VitModel model, float bScale)
    {
        var start = AdapterInitializer.Create(model, new AdapterRequest { Options = new Dictionary<string, string> { ["r"] = "8" } }).Version0;
        foreach (var tensor in start.Layout.Tensors.Where(t => t.Role == "lora_B"))
        {
            for (var i = 0; i < tensor.Elements; i++)
                start[tensor][i] = bScale * MathF.Sin(i + tensor.Index);
        }
        using var adapter = AttachedAdapter.Attach(model, start.Layout);
        adapter.Import(start);
        new Trainer(model).Train(adapter, _data, new TrainSettings { Steps = 1, BatchSize = 1, Optimizer = "sgd", LearningRate = 30 }, 1);
        var (trained, delta, used) = (adapter.Export(), new AdapterTensors(start.Layout), new int[1]);
        foreach (var tensor in start.Layout.Tensors)
        {
            for (var i = 0; i < tensor.Elements; i++)
                delta[tensor][i] = trained[tensor][i] - start[tensor][i];
        }
        new BatchOrder(_data.Count, 1, 1).Fill(0, used);
        return (delta, used);
    }

    public void Dispose() => _folder.Dispose();
}
