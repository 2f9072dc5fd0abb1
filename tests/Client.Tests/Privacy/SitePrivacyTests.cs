using Federated.Aggregators.Adapters;
using Federated.Client.Adapters;
using Federated.Client.Data;
using Federated.Client.Data.Domains;
using Federated.Client.Faults;
using Federated.Client.Models.Vit;
using Federated.Client.Peft;
using Federated.Client.Privacy;
using Federated.Client.Tests.Support;
using Federated.Client.Training;
using Federated.Privacy.Accounting;
using Federated.Privacy.Mechanisms;

namespace Federated.Client.Tests.Privacy;

/// <summary>What a site does before anything leaves it, and what it remembers of it.</summary>
public sealed class SitePrivacyTests : IDisposable
{
    static readonly SiteMechanism Mechanism = new("client", 0.5, 2, 8, 1e-5, "pld");

    readonly TestFolder _folder = new();

    [Fact]
    public void Ledger_AssignmentBegunAgain_IsCountedOnceAndOutlivesTheProcess()
    {
        var ledger = SiteLedger.Open(_folder["ledger"]);
        ledger.Spend("run", "1", new PrivacyEvent(2));
        ledger.Spend("run", "1", new PrivacyEvent(2));
        ledger.Spend("run", "2", new PrivacyEvent(2));
        ledger.Spend("other", "1", new PrivacyEvent(2));
        var again = SiteLedger.Open(_folder["ledger"]);
        Assert.Equal(AnalyticGaussian.Epsilon(2 / Math.Sqrt(3), 1e-5), again.CostWith("run", "3", Mechanism, new PrivacyEvent(2)), 9);
        Assert.Equal(AnalyticGaussian.Epsilon(2 / Math.Sqrt(2), 1e-5), again.CostWith("run", "2", Mechanism, new PrivacyEvent(2)), 9);
    }

    [Fact]
    public void Ledger_Damaged_IsNoEmptyLedger()
    {
        var ledger = SiteLedger.Open(_folder["ledger"]);
        File.WriteAllText(Path.Combine(_folder["ledger"], "run.json"), "{");
        Assert.Equal("F545", Assert.Throws<ClientFault>(() => ledger.CostWith("run", "1", Mechanism, new PrivacyEvent(2))).Code);
    }

    // Replacing a record moves each sum that it is in by twice the bound, once for each pass over the data that the steps reach into.
    [Fact]
    public void Event_Record_CountsEveryPassAtTwiceTheBound() =>
        Assert.Equal(new PrivacyEvent(1, 1, 3), (Mechanism with { Unit = "record" }).Event(new TrainSettings { Steps = 5, BatchSize = 8 }, 16));

    [Theory]
    [InlineData("nobody", 1.0, 1.0, 1e-5, "rdp")]
    [InlineData("client", 0.0, 1.0, 1e-5, "rdp")]
    [InlineData("client", 1.0, 0.0, 1e-5, "rdp")]
    [InlineData("client", 1.0, 1.0, 1.0, "rdp")]
    [InlineData("client", 1.0, 1.0, 1e-5, "gdp")]
    public void Problem_WhatCannotBeCarriedOut_IsNamed(string unit, double clip, double noise, double delta, string accountant) =>
        Assert.NotNull(new SiteMechanism(unit, clip, noise, 1, delta, accountant).Problem());

    [Fact]
    public void SiteNoise_Update_IsJointlyClippedAndDisturbed()
    {
        using var model = SmallVit.Load(_folder["base"]);
        var values = AdapterInitializer.Create(model, new AdapterRequest { Options = new Dictionary<string, string> { ["head"] = "trained" } }).Version0;
        var (clipped, noised) = (new AdapterTensors(values.Layout, values.Values.ToArray()), new AdapterTensors(values.Layout, values.Values.ToArray()));
        var norm = SiteNoise.Apply(clipped, 0.25, 0, new NoiseKey(new byte[32]));
        Assert.True(norm > 0.25);
        Assert.Equal(0.25, Math.Sqrt(clipped.Values.ToArray().Sum(v => (double)v * v)), 6);
        SiteNoise.Apply(noised, 0.25, 2, new NoiseKey(new byte[32]));
        var deviation = Math.Sqrt(noised.Values.ToArray().Zip(clipped.Values.ToArray(), (a, b) => (a - b) * (double)(a - b)).Average());
        Assert.InRange(deviation / 0.5, 0.9, 1.1);
    }

    // With a bound that nobody reaches and hardly any noise the examples' gradients add up to the batch's, so training is the same.
    [Fact]
    public void PerExample_WideBoundAndNoNoise_TrainsAsTheBatchDoes()
    {
        var settings = new TrainSettings { Steps = 3, BatchSize = 8, Optimizer = "sgd", LearningRate = 0.1 };
        using var model = SmallVit.Load(_folder["base"]);
        var (batch, examples) = (Train(model, settings), Train(model, settings with { Private = new PerExampleNoise(1e3, 1e-12) }));
        Assert.All(batch.Zip(examples), p => Assert.Equal(p.First, p.Second, 1e-5));
    }

    // One plain step moves the adapter by rate / batch times a sum of examples, each within the bound.
    [Fact]
    public void PerExample_NarrowBound_HoldsEveryExample()
    {
        var settings = new TrainSettings { Steps = 1, BatchSize = 8, Optimizer = "sgd", LearningRate = 1, Private = new PerExampleNoise(1e-3, 1e-9) };
        using var model = SmallVit.Load(_folder["base"]);
        var (before, after) = (Train(model, settings with { LearningRate = 1e-30 }), Train(model, settings));
        Assert.InRange(Math.Sqrt(after.Zip(before, (a, b) => (double)(a - b) * (a - b)).Sum()), 1e-5, 1.001e-3);
    }

    float[] Train(VitModel model, TrainSettings settings)
    {
        IdxFiles.WriteBars(_folder["i"], _folder["l"], 64, 8, 4, 2);
        var start = AdapterInitializer.Create(model, new AdapterRequest { Options = new Dictionary<string, string> { ["head"] = "trained" } }).Version0;
        using var adapter = AttachedAdapter.Attach(model, start.Layout);
        adapter.Import(start);
        var data = ImageDataset.Load(_folder["i"], _folder["l"], new IndexRange(), DomainCatalog.Parse("clean"));
        new Trainer(model).Train(adapter, new ImageExamples(data, Normalization.Default), settings, 1);
        return adapter.Export().Values.ToArray();
    }

    public void Dispose() => _folder.Dispose();
}
