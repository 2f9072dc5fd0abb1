using Federated.Aggregators.Adapters;
using Federated.Client.Adapters;
using Federated.Client.Models;
using Federated.Client.Peft;
using Federated.Client.Tests.Support;
using static TorchSharp.torch;

namespace Federated.Client.Tests.Peft;

/// <summary>What every method must keep on every model, checked for each that the assembly holds; see <see cref="Exclusions"/>.</summary>
public sealed class ConformanceTests : IDisposable
{
    /// <summary>Ranks above 1, so that alpha / r is not 1, with room to grow.</summary>
    const int Rank = 4, Larger = 6;

    readonly TestFolder _folder = new();
    IFoundationModel _model = null!;

    static IEnumerable<string> MethodNames => typeof(IPeftMethod).Assembly.GetTypes()
        .Where(t => typeof(IPeftMethod).IsAssignableFrom(t) && t is { IsAbstract: false, IsInterface: false })
        .Select(t => ((IPeftMethod)Activator.CreateInstance(t)!).Name).Order(StringComparer.Ordinal);

    public static MatrixTheoryData<string, string> Cases => new(MethodNames, SmallModels.Names);

    [Fact]
    public void Catalogue_EveryMethodOfTheAssembly_IsListed() => Assert.Equal(MethodNames, MethodCatalog.Default.Names);

    [Fact]
    public void Exclusions_EveryMethod_Exists() => Assert.Empty(Exclusions.Methods.Except(MethodNames));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Group_EveryOne_IsInterpretedByExactlyOneMethod(string method, string model) =>
        Assert.All(Bundle(method, model).Schema.Groups, g => Assert.Single(MethodCatalog.Default.Methods, m => m.Handles(g)));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attach_AtInitialisation_LeavesTheOutputUnchanged(string method, string model)
    {
        if (Exclusions.Has(Exclusions.StartEqualsBase, method))
            return;
        var bundle = Bundle(method, model);
        using var inputs = SmallModels.Inputs(model);
        var plain = SmallModels.Forward(_model, inputs);
        using var adapter = AttachedAdapter.Attach(_model, bundle.Version0.Layout, bundle.Offsets);
        adapter.Import(bundle.Version0);
        if (Exclusions.Has(Exclusions.StartIsBitExact, method))
            SmallModels.AssertClose(plain, SmallModels.Forward(_model, inputs), 1e-5);
        else
            Assert.Equal(plain, SmallModels.Forward(_model, inputs));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EffectiveDelta_AddedToTheBase_ComputesWhatTheAttachedGroupsDo(string method, string model)
    {
        if (Exclusions.Has(Exclusions.DeltaIsLocal, method, model))
            return;
        using var adapter = AttachRandom(method, model, out _);
        using var inputs = SmallModels.Inputs(model);
        var attached = SmallModels.Forward(_model, inputs);
        using var frozen = no_grad();
        foreach (var group in adapter.Groups)
        {
            var (weight, bias) = group.EffectiveDelta();
            if (Exclusions.Has(Exclusions.HasDelta, method))
            {
                Assert.True(weight is null && bias is null);
                continue;
            }
            Assert.False(weight is null && bias is null);
            var site = (WeightSite)_model.Sites.Single(s => s.Site == group.Group.Group.Site);
            group.Disable();
            if (weight is not null)
                site.Weight.add_(weight);
            if (bias is not null)
                site.Bias!.add_(bias);
        }
        SmallModels.AssertClose(attached, SmallModels.Forward(_model, inputs), 1e-4, method);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Merge_ThenUnmerge_SameOutputMergedAndSameBitsAfterwards(string method, string model)
    {
        using var inputs = SmallModels.Inputs(model);
        using (var adapter = AttachRandom(method, model, out _))
        {
            var attached = SmallModels.Forward(_model, inputs);
            adapter.Merge();
            SmallModels.AssertClose(attached, SmallModels.Forward(_model, inputs), 1e-4, method);
            adapter.Unmerge();
            Assert.Equal(attached, SmallModels.Forward(_model, inputs));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Export_AfterImport_SameBits(string method, string model)
    {
        using var adapter = AttachRandom(method, model, out var values);
        Assert.Equal(values.Bytes.ToArray(), adapter.Export().Bytes.ToArray());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Count_EveryGroup_IsTheSizeOfTheDeclaredTensorsAndFourBytesEach(string method, string model)
    {
        var layout = Bundle(method, model).Version0.Layout;
        var count = 0L;
        foreach (var group in layout.Groups)
        {
            var formula = MethodCatalog.Default.Get(method).Count(Site(group), group.Group, group.Rank);
            Assert.Equal(formula, group.Tensors.Sum(t => t.Elements));
            count += formula;
        }
        Assert.Equal(4 * count, layout.EncodedBytes(TensorEncoding.F32));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attach_UseAndDispose_LeavesTheBaseUntouched(string method, string model)
    {
        Load(model);
        var before = SmallModels.Weights(_model);
        using var inputs = SmallModels.Inputs(model);
        var plain = SmallModels.Forward(_model, inputs);
        var bundle = Bundle(method, model);
        using (var adapter = AttachedAdapter.Attach(_model, bundle.Version0.Layout, bundle.Offsets))
        {
            adapter.Import(RandomValues(bundle.Version0.Layout));
            SmallModels.Forward(_model, inputs);
            adapter.Merge();
        }
        Assert.Equal(before, SmallModels.Weights(_model));
        Assert.Equal(plain, SmallModels.Forward(_model, inputs));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_AtRandomValues_ReachesWhatThePlanTrainsAndNothingElse(string method, string model)
    {
        using var adapter = AttachRandom(method, model, out _);
        using var inputs = SmallModels.Inputs(model);
        using var logits = _model.Forward(inputs);
        using var loss = logits.square().sum();
        loss.backward();
        foreach (var (parameter, tensor) in adapter.Groups.SelectMany(g => g.Tensors.Zip(g.Group.Tensors)))
            Assert.True(tensor.Trained == (parameter.grad is { } g && g.abs().max().item<float>() > 0), tensor.Name);
        Assert.All(_model.BaseParameters, p => Assert.Null(p.grad));
        Assert.Equal(adapter.Layout.Tensors.Count(t => t.Trained), adapter.ParameterGroups().Sum(g => g.Parameters.Count));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_AtInitialisation_SomeGradientIsNotZero(string method, string model)
    {
        var bundle = Bundle(method, model);
        using var adapter = AttachedAdapter.Attach(_model, bundle.Version0.Layout, bundle.Offsets);
        adapter.Import(bundle.Version0);
        using var inputs = SmallModels.Inputs(model);
        using var logits = _model.Forward(inputs);
        using var loss = logits.square().sum();
        loss.backward();
        Assert.Contains(adapter.ParameterGroups().SelectMany(g => g.Parameters), p => p.grad is { } g && g.abs().max().item<float>() > 0);
    }

    // The oracle is the definition: the gradient that an example has when it is alone in its batch.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Spread_Batch_EveryExamplesCopyHasTheGradientThatItHasAlone(string method, string model)
    {
        using var adapter = AttachRandom(method, model, out _);
        Assert.Equal(!Exclusions.Has(Exclusions.CanSpread, method), adapter.CanSpread);
        if (!adapter.CanSpread)
        {
            Assert.Throws<InvalidOperationException>(() => adapter.Spread(3));
            return;
        }
        using var scope = NewDisposeScope();
        var inputs = SmallModels.Inputs(model);
        var (plain, copies) = (SmallModels.Forward(_model, inputs), adapter.Spread(3));
        SmallModels.AssertClose(plain, SmallModels.Forward(_model, inputs), 1e-5, method);
        _model.Forward(inputs).square().sum().backward();
        adapter.Gather();
        var parameters = adapter.ParameterGroups().SelectMany(g => g.Parameters).ToList();
        Assert.Equal(parameters.Count, copies.Count);
        for (var example = 0; example < 3; example++)
        {
            _model.Forward(inputs.narrow(0, example, 1)).square().sum().backward();
            foreach (var (parameter, copy) in parameters.Zip(copies))
            {
                SmallModels.AssertClose(Values(parameter.grad!), Values(copy.grad!.select(0, example)), 1e-5, method);
                parameter.grad = null;
            }
        }
        Assert.Equal(plain, SmallModels.Forward(_model, inputs));
    }

    static float[] Values(Tensor tensor) => [.. tensor.contiguous().data<float>()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Reshape_GrownAndShrunk_SameOutputAndSameBitsBack(string method, string model)
    {
        var bundle = Bundle(method, model);
        var schema = bundle.Schema;
        var small = AdapterLayout.Of(schema, bundle.Plan);
        var large = AdapterLayout.Of(schema, new AdapterPlan(1, bundle.Plan.Groups.ToDictionary(g => g.Key, g => g.Value with { Rank = Larger })));
        var values = RandomValues(small);
        var grown = values.Reshape(large);
        SmallModels.AssertClose(values.Values.ToArray(), grown.Reshape(small).Values.ToArray(), 1e-6, method);
        SmallModels.AssertClose(Output(values, model), Output(grown, model), 1e-4, method);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_OneAndTwoThreads_Agree(string method, string model)
    {
        using var adapter = AttachRandom(method, model, out _);
        using var inputs = SmallModels.Inputs(model);
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var one = SmallModels.Forward(_model, inputs);
            set_num_threads(2);
            SmallModels.AssertClose(one, SmallModels.Forward(_model, inputs), 1e-5, method);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Initialise_SameSeed_SameBits(string method, string model) =>
        Assert.Equal(Bundle(method, model).Version0.Bytes.ToArray(), Bundle(method, model).Version0.Bytes.ToArray());

    public void Dispose()
    {
        _model?.Dispose();
        _folder.Dispose();
    }

    void Load(string model) => _model ??= SmallModels.Load(model, _folder["base"]);

    ModelSite Site(LayoutGroup group) => _model.Sites.Single(s => s.Site == group.Group.Site);

    /// <summary>Version 0 at a rank that leaves room to grow; scales are 3 where there are any.</summary>
    AdapterBundle Bundle(string method, string model)
    {
        Load(model);
        var options = new Dictionary<string, string>();
        if (method is "lora" or "ffa-lora" or "pissa")
            (options["r"], options["alpha"]) = ($"{Rank}", "12");
        if (method is "prompt" or "parallel-adapter")
            options["m"] = $"{Rank}";
        var bundle = AdapterInitializer.Create(_model, new AdapterRequest { Method = method, Options = options });
        var schema = new AdapterSchema(bundle.Schema.BaseDigest, bundle.Schema.ModelType, Larger, bundle.Schema.Groups);
        return new AdapterBundle(schema, bundle.Plan, new AdapterTensors(AdapterLayout.Of(schema, bundle.Plan), bundle.Version0.Values.ToArray())) { Offsets = bundle.Offsets };
    }

    AttachedAdapter AttachRandom(string method, string model, out AdapterTensors values)
    {
        values = RandomValues(Bundle(method, model).Version0.Layout);
        var adapter = AttachedAdapter.Attach(_model, values.Layout);
        adapter.Import(values);
        return adapter;
    }

    float[] Output(AdapterTensors values, string model)
    {
        using var inputs = SmallModels.Inputs(model);
        using var adapter = AttachedAdapter.Attach(_model, values.Layout);
        adapter.Import(values);
        return SmallModels.Forward(_model, inputs);
    }

    static AdapterTensors RandomValues(AdapterLayout layout)
    {
        var random = new Random(17);
        return new AdapterTensors(layout, [.. Enumerable.Range(0, (int)layout.TotalElements).Select(_ => (float)(random.NextDouble() - 0.5))]);
    }
}
