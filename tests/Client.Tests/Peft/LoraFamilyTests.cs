using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Adapters;
using Federated.Client.Data;
using Federated.Client.Data.Domains;
using Federated.Client.Models;
using Federated.Client.Models.Vit;
using Federated.Client.Peft;
using Federated.Client.Tests.Support;
using Federated.Client.Training;
using static TorchSharp.torch;

namespace Federated.Client.Tests.Peft;

/// <summary>LoRA and its relatives against their formulas, computed here by hand.</summary>
public sealed class LoraFamilyTests : IDisposable
{
    readonly TestFolder _folder = new();
    readonly VitModel _model;

    public LoraFamilyTests() => _model = SmallVit.Load(_folder["base"]);

    [Theory]
    [InlineData("false", 6.0 / 4)]
    [InlineData("true", 6.0 / 2)]
    public void Lora_Branch_IsAlphaOverRTimesTheProduct(string rslora, double scale)
    {
        var bundle = Create("lora", ("r", "4"), ("alpha", "6"), ("rslora", rslora), ("targets", "intermediate.dense"));
        var random = new Random(3);
        var values = new AdapterTensors(bundle.Version0.Layout, [.. Enumerable.Range(0, (int)bundle.Version0.Layout.TotalElements).Select(_ => (float)(random.NextDouble() - 0.5))]);
        using var adapter = AttachedAdapter.Attach(_model, values.Layout);
        adapter.Import(values);
        var group = values.Layout.Groups[0];
        var site = (LinearSite)_model.Sites.Single(s => s.Site == group.Group.Site);
        float[] x = [.. Enumerable.Range(0, site.InFeatures).Select(_ => (float)(random.NextDouble() - 0.5))];

        using var frozen = no_grad();
        using var input = tensor(x, [1, site.InFeatures]);
        using var output = site.Apply(input);
        var actual = TensorValues.ToArray(output);
        var (w, bias, a, b) = (TensorValues.ToArray(site.Weight), TensorValues.ToArray(site.Bias!), values[group.Find("lora_A")!].ToArray(), values[group.Find("lora_B")!].ToArray());
        for (var i = 0; i < site.OutFeatures; i++)
        {
            double plain = bias[i], low = 0;
            for (var j = 0; j < x.Length; j++)
            {
                plain += (double)w[i * x.Length + j] * x[j];
                for (var k = 0; k < 4; k++)
                    low += (double)b[i * 4 + k] * a[k * x.Length + j] * x[j];
            }
            Assert.Equal(plain + scale * low, actual[i], 1e-5);
        }
    }

    [Fact]
    public void FfaLora_Trained_MovesBAloneAndPlansNothingElse()
    {
        var bundle = Create("ffa-lora", ("r", "2"));
        Assert.All(bundle.Version0.Layout.Trained().Tensors, t => Assert.Equal("lora_B", t.Role));
        var trained = Train(bundle);
        foreach (var tensor in bundle.Version0.Layout.Tensors)
            Assert.Equal(tensor.Role == "lora_A", bundle.Version0[tensor].SequenceEqual(trained[tensor]));
    }

    [Theory]
    [InlineData("lora_A")]
    [InlineData("lora_B")]
    public void Plan_OneRoleARound_TrainsThatRoleAndKeepsTheBitsOfTheOther(string role)
    {
        var first = Create("lora", ("r", "2"));
        var plan = new AdapterPlan(1, first.Plan.Groups.ToDictionary(g => g.Key, g => g.Value with { Trained = [role], Stage = 1 }));
        var start = new AdapterTensors(AdapterLayout.Of(first.Schema, plan), [.. first.Version0.Values.ToArray().Select(v => v + 0.01f)]);
        var trained = Train(first with { Plan = plan, Version0 = start });
        foreach (var tensor in start.Layout.Tensors)
            Assert.Equal(tensor.Role != role, start[tensor].SequenceEqual(trained[tensor]));
    }

    [Fact]
    public void Plan_NothingTrained_IsRefused()
    {
        var first = Create("lora", ("r", "2"));
        var plan = new AdapterPlan(1, first.Plan.Groups.ToDictionary(g => g.Key, g => g.Value with { Trained = [] }));
        var start = new AdapterTensors(AdapterLayout.Of(first.Schema, plan), first.Version0.Values.ToArray());
        Assert.Equal("F521", Assert.Throws<Client.Faults.ClientFault>(() => Train(first with { Plan = plan, Version0 = start })).Code);
    }

    [Fact]
    public void Pissa_Start_LeavesTheResidualAndTakesThePrincipalPart()
    {
        const int Rank = 3;
        var bundle = Create("pissa", ("r", "3"), ("alpha", "6"), ("targets", "intermediate.dense"));
        var group = bundle.Version0.Layout.Groups[0];
        var site = (LinearSite)_model.Sites.Single(s => s.Site == group.Group.Site);
        var (_, singular, _) = linalg.svd(site.Weight, fullMatrices: false);
        using var original = site.Weight.clone();
        using var adapter = AttachedAdapter.Attach(_model, bundle.Version0.Layout, bundle.Offsets);
        adapter.Import(bundle.Version0);

        var (_, residual, _) = linalg.svd(site.Weight, fullMatrices: false);
        Assert.Equal(singular[Rank].item<float>(), residual[0].item<float>(), 1e-5);
        var (delta, _) = adapter.Groups.First().EffectiveDelta();
        Assert.True(site.Weight.add(delta!).sub(original).abs().max().item<float>() < 1e-5);
        var (_, principal, _) = linalg.svd(delta!, fullMatrices: false);
        for (var i = 0; i < Rank; i++)
            Assert.Equal(singular[i].item<float>(), principal[i].item<float>(), 1e-4);
    }

    /// <summary>SLoRA: the mean of the clients' whole weights, then the best factors of what it changed.</summary>
    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(12, false)]
    public void FirstStage_MeanOfClients_StartsLoraFromTheBestFactorsOfItsChange(int rank, bool sparse)
    {
        var random = new Random(9);
        var full = Create("full");
        var layout = full.Version0.Layout;
        var clients = Enumerable.Range(0, 3).Select(k => new Contribution($"site-{k}", 1 + k, layout, new DenseDelta(Change(layout, random, sparse)))).ToList();
        var stage = new Fold(StrategyCatalog.Default.Compose(new FoldSpec { Affine = new(sparse ? "masked-mean" : "mean") })).Run(new FoldInput(full.Version0, clients), new FoldLimits()).Tensors;
        using (var file = File.Create(_folder["stage.safetensors"]))
            Formats.Versions.AdapterVersionFile.Write(file, new Formats.Versions.AdapterVersion(stage, []));

        var bundle = AdapterInitializer.Create(_model, new AdapterRequest
        {
            Options = new Dictionary<string, string> { ["r"] = $"{rank}", ["alpha"] = "6", ["targets"] = "intermediate.dense,output.dense" },
            FirstStage = _folder["stage.safetensors"],
        });
        Assert.Empty(bundle.Offsets);
        using var adapter = AttachedAdapter.Attach(_model, bundle.Version0.Layout);
        adapter.Import(bundle.Version0);
        var (lost, whole) = (0.0, 0.0);
        foreach (var (group, attached) in bundle.Version0.Layout.Groups.Zip(adapter.Groups))
        {
            var site = (LinearSite)_model.Sites.Single(s => s.Site == group.Group.Site);
            var tuned = stage[layout.Find($"base_model.model.{site.WeightName}")!].ToArray();
            using var change = tensor(tuned, [site.OutFeatures, site.InFeatures]).sub(site.Weight);
            var (_, singular, _) = linalg.svd(change, fullMatrices: false);
            using var rest = change.sub(attached.EffectiveDelta().Weight!);
            // Eckart and Young: nothing of this rank comes nearer than the singular values that are left out.
            var best = singular.shape[0] > rank ? singular.narrow(0, rank, singular.shape[0] - rank).square().sum().item<float>() : 0;
            Assert.Equal(best, rest.square().sum().item<float>(), 1e-4 * change.square().sum().item<float>());
            (lost, whole) = (lost + best, whole + change.square().sum().item<float>());
        }
        Assert.Equal(1 - lost / whole, bundle.KeptChange!.Value, 1e-5);
    }

    [Fact]
    public void FirstStage_NoChange_LeavesLorasOwnStart()
    {
        using (var file = File.Create(_folder["same.safetensors"]))
            Formats.Versions.AdapterVersionFile.Write(file, new Formats.Versions.AdapterVersion(Create("full").Version0, []));
        var request = new AdapterRequest { Options = new Dictionary<string, string> { ["r"] = "2" } };
        var (plain, started) = (AdapterInitializer.Create(_model, request), AdapterInitializer.Create(_model, request with { FirstStage = _folder["same.safetensors"] }));
        Assert.Equal(plain.Version0.Values.ToArray(), started.Version0.Values.ToArray());
        Assert.Equal(1, started.KeptChange);
    }

    [Fact]
    public void FirstStage_ThatDoesNotFit_IsRefusedByName()
    {
        Client.Faults.ClientFault Refusal(string method, string path) =>
            Assert.Throws<Client.Faults.ClientFault>(() => AdapterInitializer.Create(_model, new AdapterRequest { Method = method, Options = new Dictionary<string, string>(), FirstStage = path }));
        using (var file = File.Create(_folder["norms.safetensors"]))
            Formats.Versions.AdapterVersionFile.Write(file, new Formats.Versions.AdapterVersion(Create("layernorm").Version0, []));
        Assert.Contains("lack 'base_model.model.", Refusal("lora", _folder["norms.safetensors"]).Message);
        Assert.Equal("F521", Refusal("lora", _folder["nothing.safetensors"]).Code);
        Assert.Contains("the method has none at a matrix", Refusal("bitfit", _folder["norms.safetensors"]).Message);
    }

    static AdapterTensors Change(AdapterLayout layout, Random random, bool sparse) => new(layout,
        [.. Enumerable.Range(0, (int)layout.TotalElements).Select(_ => sparse && random.Next(4) > 0 ? 0 : 0.2f * (random.NextSingle() - 0.5f))]);

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    AdapterBundle Create(string method, params (string Key, string Value)[] options) =>
        AdapterInitializer.Create(_model, new AdapterRequest { Method = method, Options = options.ToDictionary(o => o.Key, o => o.Value) });

    AdapterTensors Train(AdapterBundle bundle)
    {
        IdxFiles.WriteBars(_folder["i"], _folder["l"], 40, 8, 4, 2);
        var data = ImageDataset.Load(_folder["i"], _folder["l"], new IndexRange(), DomainCatalog.Parse("clean"));
        using var adapter = AttachedAdapter.Attach(_model, bundle.Version0.Layout, bundle.Offsets);
        adapter.Import(bundle.Version0);
        new Trainer(_model).Train(adapter, new ImageExamples(data, Normalization.Default), new TrainSettings { Steps = 4, BatchSize = 8 }, 1);
        return adapter.Export();
    }
}
