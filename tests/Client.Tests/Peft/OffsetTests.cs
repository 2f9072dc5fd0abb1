using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Adapters;
using Federated.Client.Faults;
using Federated.Client.Models;
using Federated.Client.Models.Vit;
using Federated.Client.Peft;
using Federated.Client.Tests.Support;
using Federated.Formats.Peft;
using static TorchSharp.torch;

namespace Federated.Client.Tests.Peft;

/// <summary>A version's frozen factors: effective base = base + sum of scale * left * right.</summary>
public sealed class OffsetTests : IDisposable
{
    readonly TestFolder _folder = new();
    readonly VitModel _model;
    readonly Random _random = new(31);

    public OffsetTests() => _model = SmallVit.Load(_folder["base"]);

    [Fact]
    public void Attach_WithOffsets_ComputesOnTheSumAndDisposeRestoresTheBits()
    {
        var values = Values();
        var offsets = values.Layout.Groups.Take(2).SelectMany(g => new[] { Offset(g, 1, 0.5), Offset(g, 3, -1.25) }).ToList();
        var before = SmallModels.Weights(_model);
        float[] attached;
        using (var adapter = AttachedAdapter.Attach(_model, values.Layout, offsets))
        {
            adapter.Import(values);
            attached = Output();
        }
        Assert.Equal(before, SmallModels.Weights(_model));

        foreach (var offset in offsets)
            AddByHand(offset);
        using var plain = AttachedAdapter.Attach(_model, values.Layout);
        plain.Import(values);
        SmallModels.AssertClose(Output(), attached, 1e-5);
    }

    [Fact]
    public void Export_WithOffsets_PeftFolderOnTheOriginalBaseComputesTheSame()
    {
        var values = Values();
        var offsets = values.Layout.Groups.Select(g => Offset(g, 2, -0.8)).ToList();
        PeftExport.Of(values, offsets).Write(_folder["adapter"]);
        float[] attached;
        using (var adapter = AttachedAdapter.Attach(_model, values.Layout, offsets))
        {
            adapter.Import(values);
            attached = Output();
        }
        using var published = PublishedAdapter.Attach(_model, _folder["adapter"]);
        Assert.Equal(4, published.Layout.Groups[0].Rank);
        SmallModels.AssertClose(attached, Output(), 1e-5);
    }

    [Fact]
    public void Attach_OffsetOfAnotherShapeOrGroup_IsRefusedBeforeTheModelIsTouched()
    {
        var values = Values();
        var good = Offset(values.Layout.Groups[0], 2, 1);
        var before = SmallModels.Weights(_model);
        foreach (var wrong in new[] { good with { Rank = 3 }, good with { Group = "nowhere" }, good with { Right = good.Right[1..] } })
        {
            var fault = Assert.Throws<ClientFault>(() => AttachedAdapter.Attach(_model, values.Layout, [good, wrong]));
            Assert.Equal("F521", fault.Code);
            Assert.Contains(wrong.Group, fault.Message, StringComparison.Ordinal);
        }
        Assert.Equal(before, SmallModels.Weights(_model));
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    AdapterTensors Values()
    {
        var layout = AdapterInitializer.Create(_model, new AdapterRequest { Options = new Dictionary<string, string> { ["r"] = "2", ["alpha"] = "6" } }).Version0.Layout;
        return new AdapterTensors(layout, Draw((int)layout.TotalElements));
    }

    OffsetFactor Offset(LayoutGroup group, int rank, double scale) =>
        new(group.Group.Name, rank, Draw(group.Find("lora_B")!.Shape[0] * rank), Draw(rank * group.Find("lora_A")!.Shape[1]), scale);

    float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(_random.NextDouble() - 0.5))];

    /// <summary>The sum in doubles, element by element.</summary>
    void AddByHand(OffsetFactor offset)
    {
        var site = _model.Sites.OfType<LinearSite>().Single(s => s.Path == offset.Group);
        var sum = new float[site.OutFeatures * site.InFeatures];
        TensorValues.Read(site.Weight, sum);
        for (var i = 0; i < site.OutFeatures; i++)
            for (var j = 0; j < site.InFeatures; j++)
                sum[i * site.InFeatures + j] += (float)Enumerable.Range(0, offset.Rank).Sum(k => offset.Scale * offset.Left[i * offset.Rank + k] * offset.Right[k * site.InFeatures + j]);
        TensorValues.Write(site.Weight, sum);
    }

    float[] Output()
    {
        using var inputs = SmallModels.Inputs("vit");
        return SmallModels.Forward(_model, inputs);
    }
}
