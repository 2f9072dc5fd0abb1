using Federated.Aggregators.Adapters;
using Federated.Client.Adapters;
using Federated.Client.Data;
using Federated.Client.Data.Domains;
using Federated.Client.Models;
using Federated.Client.Models.Vit;
using Federated.Client.Peft;
using Federated.Client.Privacy;
using Federated.Client.Tests.Support;
using Federated.Client.Training;
using Federated.Privacy.Mechanisms;

namespace Federated.Client.Tests.Privacy;

/// <summary>The site's probe on a real model: an image's own inputs are seen, a fresh adapter's first step and noise are not.</summary>
public sealed class ReleaseProbeTests : IDisposable
{
    readonly TestFolder _folder = new();
    readonly ImageExamples _data;

    public ReleaseProbeTests()
    {
        IdxFiles.WriteBars(_folder["i"], _folder["l"], 64, 8, 4, 2);
        _data = new ImageExamples(ImageDataset.Load(_folder["i"], _folder["l"], new IndexRange(), DomainCatalog.Parse("clean")), Normalization.Default);
    }

    // An update whose A is made of one image's inputs, as one step from a B that is not zero makes it: no more tokens than rows.
    [Fact]
    public void Measure_UpdateMadeOfAnImagesInputs_SeesThemUntilNoiseIsAdded()
    {
        using var model = SmallVit.Load(_folder["base"]);
        var layout = AdapterInitializer.Create(model, new AdapterRequest { Options = new Dictionary<string, string> { ["r"] = "8" } }).Version0.Layout;
        var (group, delta, random) = (layout.Groups[0], new AdapterTensors(layout), new Random(1));
        var right = delta[group.Tensors.Single(t => t.Role == "lora_A")];
        foreach (var input in Inputs(model, group.Group.Site, 3))
        {
            for (var i = 0; i < right.Length; i++)
                right[i] += (i % input.Length == 0 ? Next(random) : _weight) * input[i % input.Length];
        }
        var probe = new ReleaseProbe(model);
        var plain = probe.Measure(delta, _data, [3], _data)!;
        Assert.Equal((1, 1), (plain.Auc, plain.ExactHits));
        SiteNoise.Apply(delta, 1, 50, new NoiseKey(new byte[32]));
        var noised = probe.Measure(delta, _data, [3], _data)!;
        Assert.Equal(0, noised.ExactHits);
        Assert.True(noised.Advantage < plain.Advantage);
    }

    float _weight;

    // One weight for each row of A and each input.
    float Next(Random random) => _weight = (float)(2 * random.NextDouble() - 1);

    List<float[]> Inputs(VitModel model, Site site, int index)
    {
        using var capture = new InputCapture(model.Sites.OfType<LinearSite>().Single(s => s.Site == site));
        using var batch = _data.CreateBatch(1);
        batch.Fill([index]);
        model.Forward(batch.Inputs).Dispose();
        return capture.Rows;
    }

    [Fact]
    public void Measure_BIsZero_SeesNothing()
    {
        using var model = SmallVit.Load(_folder["base"]);
        var (delta, used) = Step(model, bScale: 0);
        Assert.Equal(0.5, new ReleaseProbe(model).Measure(delta, _data, used, _data)!.Auc);
    }

    (AdapterTensors Delta, int[] Used) Step(VitModel model, float bScale)
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
