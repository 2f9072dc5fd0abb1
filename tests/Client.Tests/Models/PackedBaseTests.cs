using Federated.Aggregators.Adapters;
using Federated.Client.Adapters;
using Federated.Client.Data;
using Federated.Client.Data.Domains;
using Federated.Client.Faults;
using Federated.Client.Models;
using Federated.Client.Peft;
using Federated.Client.Rounds;
using Federated.Client.Tests.Support;
using Federated.Client.Training;
using static TorchSharp.torch;
using SiteKind = Federated.Aggregators.Adapters.SiteKind;

namespace Federated.Client.Tests.Models;

/// <summary>A base held in eight or four bits computes, forwards and backwards, what an fp32 base with rounded weights does, and takes what its codes take.</summary>
public sealed class PackedBaseTests : IDisposable
{
    readonly TestFolder _folder = new();

    public static MatrixTheoryData<string, int> Cases => new(SmallModels.Names, [8, 4]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_PackedBase_IsThatOfTheRoundedWeights(string name, int bits)
    {
        using var inputs = SmallModels.Inputs(name);
        using var rounded = Rounded(name, bits);
        using var packed = ModelFolder.Load(_folder[name], bits);
        SmallModels.AssertClose(SmallModels.Forward(rounded, inputs), SmallModels.Forward(packed, inputs), 1e-5, name);
        using var full = ModelFolder.Load(_folder[name]);
        Assert.NotEqual(SmallModels.Forward(full, inputs), SmallModels.Forward(packed, inputs));
        Assert.Equal(full.BaseDigest, packed.BaseDigest);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_OfAdaptersOnAPackedBase_AreThoseOnTheRoundedWeights(string name, int bits)
    {
        using var rounded = Rounded(name, bits);
        using var packed = ModelFolder.Load(_folder[name], bits);
        SmallModels.AssertClose(Gradients(rounded, name), Gradients(packed, name), 1e-4, name);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bytes_PackedMatrices_AreTheirCodesAndScales(string name, int bits)
    {
        using var full = SmallModels.Load(name, _folder[name]);
        using var packed = ModelFolder.Load(_folder[name], bits);
        Assert.Equal(4 * BasePrecision.Weights(full), BasePrecision.Bytes(full));
        Assert.Equal(packed.Sites.OfType<LinearSite>().Where(s => s.Packed is not null).Sum(s => DeltaCodec.EncodedBytes(Encoding(bits), s.OutFeatures * s.InFeatures)), BasePrecision.Bytes(packed));
        // The matrices are nowhere else.
        Assert.Equal(BasePrecision.Weights(full), full.BaseParameters.Sum(p => p.numel()) - packed.BaseParameters.Sum(p => p.numel()));
    }

    [Fact]
    public void Site_PlanOfFourBits_TrainsAndEvaluatesOverThePackedBaseAndGoesBack()
    {
        IdxFiles.WriteBars(_folder["i"], _folder["l"], 40, 8, 4, 2);
        var data = new ImageExamples(ImageDataset.Load(_folder["i"], _folder["l"], new IndexRange(), DomainCatalog.Parse("clean")), Normalization.Default);
        using var site = new Client.Rounds.Site(SmallVit.Load(_folder["base"]), data, data) { BaseFolder = _folder["base"] };
        using var model = ModelFolder.Load(_folder["base"]);
        var bundle = AdapterInitializer.Create(model, new AdapterRequest { Options = new Dictionary<string, string> { ["r"] = "2" } });
        float[] Train(int bits)
        {
            var plan = new AdapterPlan(1, bundle.Plan.Groups.ToDictionary(g => g.Key, g => g.Value with { BaseBits = bits }));
            var start = new AdapterTensors(AdapterLayout.Of(bundle.Schema, plan), bundle.Version0.Values.ToArray());
            return site.Train(new StartPoint(start, []), new TrainSettings { Steps = 2, BatchSize = 8 }, 1, null, CancellationToken.None).Trained.Values.ToArray();
        }
        var (full, four) = (Train(32), Train(4));
        Assert.NotEqual(full, four);
        Assert.Equal(40, site.Evaluate(new StartPoint(bundle.Version0, []), 8, 0, null, CancellationToken.None).Samples);
        Assert.Equal(full, Train(32));
        Assert.Equal("F521", Assert.Throws<ClientFault>(() => Train(3)).Code);
    }

    [Fact]
    public void Load_BitsOfNoFormat_AreRefused()
    {
        using var model = SmallVit.Load(_folder["base"]);
        Assert.Throws<ArgumentOutOfRangeException>(() => ModelFolder.Load(_folder["base"], 3));
    }

    [Fact]
    public void Save_PackedBase_IsRefused()
    {
        using var model = SmallVit.Load(_folder["base"]);
        using var packed = Client.Models.Vit.VitModel.Load(_folder["base"], 8);
        Assert.Throws<InvalidOperationException>(() => packed.Save(_folder["again"]));
    }

    static TensorEncoding Encoding(int bits) => bits == 8 ? TensorEncoding.I8Block : TensorEncoding.NF4;

    /// <summary>The fp32 base with every matrix rounded as it is stored: GPT-2's [in, out], the others' [out, in].</summary>
    IFoundationModel Rounded(string name, int bits)
    {
        var model = SmallModels.Load(name, _folder[name]);
        using var frozen = no_grad();
        foreach (var site in model.Sites.OfType<LinearSite>().Where(s => s.Site.Kind == SiteKind.Linear))
        {
            using var scope = NewDisposeScope();
            var stored = name == "gpt2" ? site.Weight.t() : site.Weight;
            var values = TensorValues.ToArray(stored);
            var bytes = new byte[DeltaCodec.EncodedBytes(Encoding(bits), values.Length)];
            DeltaCodec.Encode(Encoding(bits), values, bytes);
            DeltaCodec.Decode(Encoding(bits), bytes, values.Length, 0, values);
            TensorValues.Write(stored, values);
        }
        return model;
    }

    static float[] Gradients(IFoundationModel model, string name)
    {
        var bundle = AdapterInitializer.Create(model, new AdapterRequest { Options = new Dictionary<string, string> { ["r"] = "2", ["alpha"] = "6" } });
        var random = new Random(9);
        using var adapter = AttachedAdapter.Attach(model, bundle.Version0.Layout);
        adapter.Import(new AdapterTensors(bundle.Version0.Layout, [.. bundle.Version0.Values.ToArray().Select(v => v + (float)(0.1 * random.NextDouble()))]));
        using var inputs = SmallModels.Inputs(name);
        using var logits = model.Forward(inputs);
        using var loss = logits.square().mean();
        loss.backward();
        return [.. adapter.ParameterGroups().SelectMany(g => g.Parameters).SelectMany(p => TensorValues.ToArray(p.grad!))];
    }

    public void Dispose() => _folder.Dispose();
}
