using System.Reflection;
using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using Federated.Client.Adapters;
using Federated.Client.Models;
using Federated.Client.Models.Vit;
using Federated.Client.Peft;
using Federated.Client.Tests.Support;
using static TorchSharp.torch;

namespace Federated.Client.Tests.Peft;

/// <summary>What every method must keep, checked for each that the assembly holds.</summary>
public sealed class ConformanceTests : IDisposable
{
    readonly TestFolder _folder = new();
    readonly VitModel _model;

    public ConformanceTests() => _model = SmallVit.Load(_folder["base"]);

    public static TheoryData<string> Methods => [.. typeof(IPeftMethod).Assembly.GetTypes()
        .Where(t => typeof(IPeftMethod).IsAssignableFrom(t) && t is { IsAbstract: false, IsInterface: false })
        .Select(t => ((IPeftMethod)Activator.CreateInstance(t)!).Name).Order(StringComparer.Ordinal)];

    [Fact]
    public void Catalogue_EveryMethodOfTheAssembly_IsListed() => Assert.Equal(Methods.Select(m => m.Data), MethodCatalog.Default.Names);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Attach_AtInitialisation_LeavesTheOutputUnchanged(string method)
    {
        using var images = Images();
        var plain = Forward(images);
        var bundle = Bundle(method);
        using var adapter = AttachedAdapter.Attach(_model, bundle.Version0.Layout);
        adapter.Import(bundle.Version0);
        Assert.Equal(plain, Forward(images));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void EffectiveDelta_RandomValues_IsTheForwardDifferenceAtEverySite(string method)
    {
        using var adapter = AttachRandom(method, out _);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var attachment in adapter.Groups)
        {
            var site = _model.Sites.Single(s => s.Site == attachment.Group.Group.Site);
            var input = randn(7, site.InFeatures);
            var (weight, bias) = attachment.EffectiveDelta();
            var expected = nn.functional.linear(input, weight ?? zeros(site.Weight.shape), bias);
            var changed = site.Apply(input);
            attachment.Disable();
            var difference = changed.sub(site.Apply(input));
            attachment.Enable();
            Assert.True(difference.sub(expected).abs().max().item<float>() < 1e-4, attachment.Group.Group.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Merge_ThenUnmerge_SameOutputMergedAndSameBitsAfterwards(string method)
    {
        using var images = Images();
        var plain = Forward(images);
        using (var adapter = AttachRandom(method, out _))
        {
            var attached = Forward(images);
            adapter.Merge();
            Close(attached, Forward(images), 1e-4);
            adapter.Unmerge();
            Assert.Equal(attached, Forward(images));
        }
        Assert.Equal(plain, Forward(images));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Export_AfterImport_SameBits(string method)
    {
        using var adapter = AttachRandom(method, out var values);
        Assert.Equal(values.Bytes.ToArray(), adapter.Export().Bytes.ToArray());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Count_EverySite_IsTheSizeOfTheDeclaredTensors(string method)
    {
        var layout = Bundle(method).Version0.Layout;
        foreach (var group in layout.Groups)
        {
            var site = _model.Sites.Single(s => s.Site == group.Group.Site);
            Assert.Equal(MethodCatalog.Default.Get(method).Count(site, group.Rank), group.Tensors.Sum(t => t.Elements));
        }
        Assert.Equal(4 * layout.TotalElements, layout.EncodedBytes(TensorEncoding.F32));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Attach_UseAndDispose_LeavesTheBaseUntouched(string method)
    {
        using (var adapter = AttachRandom(method, out _))
        {
            using var images = Images();
            Forward(images);
            adapter.Merge();
        }
        _model.Save(_folder["after"]);
        using var after = VitModel.Load(_folder["after"]);
        Assert.Equal(_model.BaseDigest, after.BaseDigest);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Backward_AtInitialisation_SomeGradientIsNotZeroAndTheBaseHasNone(string method)
    {
        var bundle = Bundle(method);
        using var adapter = AttachedAdapter.Attach(_model, bundle.Version0.Layout);
        adapter.Import(bundle.Version0);
        using var images = Images();
        using var logits = _model.Forward(images);
        using var loss = nn.functional.cross_entropy(logits, tensor(new long[] { 0, 1, 2 }));
        loss.backward();
        Assert.Contains(adapter.ParameterGroups().SelectMany(g => g.Parameters), p => p.grad is { } g && g.abs().max().item<float>() > 0);
        Assert.All(_model.BaseParameters, p => Assert.Null(p.grad));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Initialise_SameSeed_SameBits(string method) =>
        Assert.Equal(Bundle(method).Version0.Bytes.ToArray(), Bundle(method).Version0.Bytes.ToArray());

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    AdapterBundle Bundle(string method) => AdapterInitializer.Create(_model, new AdapterRequest { Method = method });

    AttachedAdapter AttachRandom(string method, out AdapterTensors values)
    {
        var layout = Bundle(method).Version0.Layout;
        var random = new Random(17);
        values = new AdapterTensors(layout, [.. Enumerable.Range(0, (int)layout.TotalElements).Select(_ => (float)(random.NextDouble() - 0.5))]);
        var adapter = AttachedAdapter.Attach(_model, layout);
        adapter.Import(values);
        return adapter;
    }

    static Tensor Images()
    {
        manual_seed(23);
        return randn(3, 1, 8, 8);
    }

    float[] Forward(Tensor images)
    {
        using var frozen = no_grad();
        using var logits = _model.Forward(images);
        return MemoryMarshal.Cast<byte, float>(logits.bytes).ToArray();
    }

    static void Close(float[] expected, float[] actual, double tolerance) =>
        Assert.All(expected.Zip(actual), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= tolerance, $"{pair.First} and {pair.Second}"));
}
