using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
public class AdamW : OptimizerHelper, optim.IBetas
{
    readonly Options _defaults;

    public AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
    {
    }

    public AdamW(IEnumerable<ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
    {
        Moments.Validate(lr, beta1, beta2, eps, weight_decay);
        _defaults = new() { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize };
        foreach (var group in parameters)
            add_param_group(group);
    }

    public (double, double) Betas
    {
        get => (_defaults.beta1!.Value, _defaults.beta2!.Value);
        set => (_defaults.beta1, _defaults.beta2) = value;
    }

    private protected override void Step(Modules.ParamGroup group)
    {
        var options = (Options)group.Options;
        var (parameters, gradients, states) = Active<State>(group);
        if (parameters.Length == 0)
            return;
        if (options.maximize!.Value)
            gradients = Ops.ForeachNeg.CallAll(gradients);
        if (options.weight_decay!.Value is not 0 and var decay)
            Ops.ForeachMul.Run(parameters, (Scalar)(1 - (group.LearningRate * decay)));
        foreach (var same in Moments.ByStep(parameters, gradients, states, state => ++state.step))
        {
            same.Update(group.LearningRate, options.beta1!.Value, options.beta2!.Value, options.eps!.Value, state => (state.exp_avg, state.exp_avg_sq, state.max_exp_avg_sq));
        }
    }

    private protected override OptimizerOptions Complete(OptimizerOptions? options)
    {
        var o = (Options?)options ?? new();
        o.LearningRate ??= _defaults.LearningRate;
        o.beta1 ??= _defaults.beta1;
        o.beta2 ??= _defaults.beta2;
        o.eps ??= _defaults.eps;
        o.weight_decay ??= _defaults.weight_decay;
        o.amsgrad ??= _defaults.amsgrad;
        o.maximize ??= _defaults.maximize;
        return o;
    }

    private protected override OptimizerState StateOf(Parameter parameter, OptimizerOptions options) => new State(parameter, ((Options)options).amsgrad!.Value);

    public class Options : OptimizerOptions
    {
        public double? beta1;
        public double? beta2;
        public double? weight_decay;
        public double? eps;
        public bool? amsgrad;
        public bool? maximize;
    }

    public sealed class State : OptimizerState, IDisposable
    {
        public long step;
        public Tensor exp_avg;
        public Tensor exp_avg_sq;
        public Tensor? max_exp_avg_sq;

        public State(Parameter parameter)
            : this(parameter, amsgrad: false)
        {
        }

        internal State(Parameter parameter, bool amsgrad)
            : base(parameter)
        {
            exp_avg = zeros_like(parameter).DetachFromDisposeScope();
            exp_avg_sq = zeros_like(parameter).DetachFromDisposeScope();
            max_exp_avg_sq = amsgrad ? zeros_like(parameter).DetachFromDisposeScope() : null;
        }

        public void Dispose()
        {
            exp_avg.Dispose();
            exp_avg_sq.Dispose();
            max_exp_avg_sq?.Dispose();
        }
    }

    public class ParamGroup : ParamGroup<Options>, optim.IBetas
    {
        public ParamGroup()
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options)
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : base(parameters, new() { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize })
        {
        }

        public (double, double) Betas
        {
            get => (Options.beta1!.Value, Options.beta2!.Value);
            set => (Options.beta1, Options.beta2) = value;
        }
    }
}
