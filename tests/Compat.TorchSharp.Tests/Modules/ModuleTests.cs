using TorchSharp.Modules;
using TorchSharp.Utils;
using TorchSharp.Tests.Lifetime;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Modules;

public sealed class ModuleTests : IDisposable
{
    readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void RegisterComponents_Fields_AreNamedInTheOrderOfDeclaration()
    {
        using var model = new Block();
        Assert.Equal(["scale", "first.weight", "first.bias", "rest.0.weight", "rest.0.bias", "rest.2.weight", "rest.2.bias", "list.0.weight", "list.1.weight", "list.1.bias"], model.named_parameters().Select(p => p.name));
        Assert.Equal(["renamed", "hidden"], model.named_buffers().Select(b => b.name));
        Assert.Equal(["first", "rest", "list", "rest.0", "rest.1", "rest.2", "list.0", "list.1"], model.named_modules().Select(m => m.name));
        Assert.Equal("Block", model.GetName());
    }

    [Fact]
    public void GetParameter_Path_FindsItBelow()
    {
        using var model = new Block();
        Assert.Same(model.First.weight, model.get_parameter("first.weight"));
        Assert.True(model.has_parameter("rest.2.bias"));
        Assert.False(model.has_parameter("rest.7.bias"));
        Assert.False(model.has_parameter("nothing"));
        Assert.True(model.has_buffer("renamed"));
    }

    [Fact]
    public void NamedParameters_SharedWeight_IsListedOnce()
    {
        var first = nn.Linear(3, 3, hasBias: false);
        var second = nn.Linear(first.weight);
        using var model = nn.Sequential(first, second);
        Assert.Equal(["0.weight"], model.named_parameters().Select(p => p.name));
    }

    [Fact]
    public void StateDict_SavedAndLoaded_CopiesTheValues()
    {
        using var source = new Block();
        using var target = new Block();
        var state = source.state_dict();
        Assert.Equal(11, state.Count);
        Assert.DoesNotContain("hidden", state.Keys);

        var (missing, unexpected) = target.load_state_dict(state);

        Assert.Empty(missing);
        Assert.Empty(unexpected);
        foreach (var (name, tensor) in target.state_dict())
        {
            Assert.True(tensor.Equals(state[name]), name);
            Assert.NotEqual(tensor.Handle, state[name].Handle);
        }
    }

    [Fact]
    public void LoadStateDict_Strict_RefusesBeforeItChangesAnything()
    {
        using var model = nn.Linear(2, 2);
        var before = model.weight.clone();
        var state = new Dictionary<string, Tensor> { ["weight"] = zeros(2, 2), ["other"] = zeros(1) };

        var error = Assert.Throws<InvalidOperationException>(() => model.load_state_dict(state));

        Assert.Contains("bias", error.Message, StringComparison.Ordinal);
        Assert.Contains("other", error.Message, StringComparison.Ordinal);
        Assert.True(model.weight.Equals(before));
        var (missing, unexpected) = model.load_state_dict(state, strict: false);
        Assert.Equal(["bias"], missing);
        Assert.Equal(["other"], unexpected);
        Assert.Equal(0, model.weight.abs().sum().ToSingle());
    }

    [Fact]
    public void Eval_Tree_ReachesEveryModule()
    {
        using var model = nn.Sequential(("inner", nn.Sequential(nn.Dropout(0.9))), ("last", nn.Identity()));
        var input = ones(7); // dropout scales what it keeps by 10, so that 7 is out of its reach
        Assert.True(model.training);
        Assert.NotEqual(7, model.call(input).sum().ToSingle());
        model.eval();
        Assert.All(model.modules(), module => Assert.False(module.training));
        Assert.Equal(7, model.call(input).sum().ToSingle());
        model.train();
        Assert.All(model.modules(), module => Assert.True(module.training));
    }

    [Fact]
    public void To_OtherType_ConvertsParametersBuffersAndGradients()
    {
        using var model = new Block();
        var weight = model.First.weight;
        model.call(ones(1, 3)).sum().backward();

        model.to(ScalarType.Float64);

        Assert.All(model.parameters(), parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
        Assert.Equal(ScalarType.Int64, model.get_buffer("renamed")!.dtype);
        Assert.Same(weight, model.First.weight);
        Assert.True(weight is { requires_grad: true, is_leaf: true });
        Assert.Equal(ScalarType.Float64, weight.grad!.dtype);
        Assert.Equal(ScalarType.Float64, model.call(ones(1, 3, ScalarType.Float64)).dtype);
    }

    [Fact]
    public void To_IntegerType_IsRefused() =>
        Assert.Contains("Int64", Assert.Throws<ArgumentException>(() => nn.Linear(2, 2).to(ScalarType.Int64)).Message, StringComparison.Ordinal);

    [Fact]
    public void Weight_Replaced_ChangesParametersAndDisposesTheOld()
    {
        using var model = nn.Linear(2, 2);
        var old = model.weight;
        model.weight = nn.Parameter(zeros(2, 2), requires_grad: false);
        model.bias = null;
        Assert.True(old.IsInvalid);
        Assert.Equal([("weight", model.weight)], model.named_parameters());
        Assert.Equal(0, model.call(ones(1, 2)).abs().sum().ToSingle());
    }

    [Fact]
    public void ZeroGrad_BothWays_ClearsGradients()
    {
        using var model = nn.Linear(2, 2);
        model.call(ones(1, 2)).sum().backward();
        model.zero_grad(set_to_none: false);
        Assert.Equal(0, model.weight.grad!.abs().sum().ToSingle());
        model.zero_grad();
        Assert.Null(model.weight.grad);
    }

    [Fact]
    public void Hooks_Registered_SeeInputAndResultUntilRemoved()
    {
        using var model = nn.Identity();
        var before = model.register_forward_pre_hook((_, input) => input + 1);
        var after = model.register_forward_hook((_, _, result) => result * 10);
        Assert.Equal(20, model.call(ones(1)).ToSingle());
        Assert.Equal(1, model.forward(ones(1)).ToSingle());
        before.remove();
        after.remove();
        Assert.Equal(1, model.call(ones(1)).ToSingle());
    }

    [Fact]
    public void Register_NameTakenOrWrong_IsRefused()
    {
        using var model = new Block();
        Assert.Throws<InvalidOperationException>(() => model.register_module("first", nn.Identity()));
        Assert.Throws<InvalidOperationException>(() => model.register_buffer("renamed", ones(1)));
        Assert.Throws<ArgumentException>(() => model.register_module("a.b", nn.Identity()));
        Assert.Throws<ArgumentException>(() => model.register_module("", nn.Identity()));
        Assert.Throws<InvalidOperationException>(() => nn.ReLU().register_buffer("x", ones(1)));
    }

    [Fact]
    public void Dispose_Module_DisposesEverythingBelow()
    {
        var before = LiveTensors.Count();
        var model = new Block();
        Assert.Equal(before + 12, Tensor.TotalCount);
        model.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Apply_Function_ReachesEveryModuleInsideOut()
    {
        using var model = nn.Sequential(nn.Linear(2, 2), nn.ReLU());
        var seen = new List<string>();
        model.apply(module => seen.Add(module.GetName()));
        Assert.Equal(["Linear", "ReLU", "Sequential"], seen);
    }

    [Fact]
    public void Conv2d_WrongChannels_SaysWhatItExpects() =>
        Assert.Contains("3 channels", Assert.Throws<ArgumentException>(() => nn.Conv2d(3, 4, 2).call(ones(1, 5, 4, 4))).Message, StringComparison.Ordinal);

    sealed class Block : nn.Module<Tensor, Tensor>
    {
        readonly Parameter scale = ones(1).AsParameter();
        readonly Linear first = nn.Linear(3, 4);
        readonly nn.Module<Tensor, Tensor> rest = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2));
        readonly ModuleList<nn.Module<Tensor, Tensor>> list = new(nn.Linear(2, 2, hasBias: false), nn.Linear(2, 2));

        [ComponentName(Name = "renamed")]
        readonly Tensor counter = zeros(1, ScalarType.Int64);

        public Block()
            : base(nameof(Block))
        {
            RegisterComponents();
            register_buffer("hidden", ones(1), persistent: false);
        }

        public Linear First => first;

        public override Tensor forward(Tensor input) => list.Aggregate(rest.call(first.call(input)) * scale + counter, (x, layer) => layer.call(x));
    }
}
