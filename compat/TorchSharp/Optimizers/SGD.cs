using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Stochastic gradient descent with momentum.</summary>
public class SGD : OptimizerHelper, optim.IMomentum
{
    readonly Options _defaults;

    public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize)
    {
    }

    public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
    {
        if (lr < 0)
            throw new ArgumentException($"Invalid learning rate: {lr}");
        if (momentum < 0)
            throw new ArgumentException($"Invalid momentum value: {momentum}");
        if (weight_decay < 0)
            throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
        if (nesterov && (momentum <= 0 || dampening != 0))
            throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
        _defaults = new() { LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize };
        foreach (var group in parameters)
            add_param_group(group);
    }

    public double Momentum
    {
        get => _defaults.momentum!.Value;
        set
        {
            _defaults.momentum = value;
            foreach (var group in _parameter_groups)
                ((ParamGroup)group).Momentum = value;
        }
    }

    private protected override void Step(Modules.ParamGroup group)
    {
        var options = (Options)group.Options;
        var (parameters, gradients, states) = Active<State>(group);
        if (parameters.Length == 0)
            return;
        if (options.weight_decay!.Value is not 0 and var decay)
            gradients = Ops.ForeachSum.CallAll(gradients, parameters, (Scalar)decay);
        if (options.momentum!.Value is not 0 and var momentum)
        {
            var buffers = Accumulate(gradients, states, momentum, options.dampening!.Value);
            gradients = options.nesterov!.Value ? Ops.ForeachSum.CallAll(gradients, buffers, (Scalar)momentum) : buffers;
        }
        Ops.ForeachAddScaled.Run(parameters, gradients, (Scalar)(options.maximize!.Value ? group.LearningRate : -group.LearningRate));
    }

    static Tensor[] Accumulate(Tensor[] gradients, State[] states, double momentum, double dampening)
    {
        List<Tensor> old = [];
        List<Tensor> added = [];
        for (var i = 0; i < states.Length; i++)
        {
            if (states[i].momentum_buffer is { } buffer)
            {
                old.Add(buffer);
                added.Add(gradients[i]);
            }
            else
            {
                states[i].momentum_buffer = gradients[i].clone().DetachFromDisposeScope();
            }
        }
        if (old.Count > 0)
        {
            Tensor[] buffers = [.. old];
            Ops.ForeachMul.Run(buffers, (Scalar)momentum);
            Ops.ForeachAddScaled.Run(buffers, Argument.OfTensors(added), (Scalar)(1 - dampening));
        }
        return Array.ConvertAll(states, state => state.momentum_buffer!);
    }

    private protected override OptimizerOptions Complete(OptimizerOptions? options)
    {
        var o = (Options?)options ?? new();
        o.LearningRate ??= _defaults.LearningRate;
        o.momentum ??= _defaults.momentum;
        o.dampening ??= _defaults.dampening;
        o.weight_decay ??= _defaults.weight_decay;
        o.nesterov ??= _defaults.nesterov;
        o.maximize ??= _defaults.maximize;
        return o;
    }

    private protected override OptimizerState StateOf(Parameter parameter, OptimizerOptions options) => new State(parameter);

    public class Options : OptimizerOptions
    {
        public double? momentum;
        public double? dampening;
        public double? weight_decay;
        public bool? nesterov;
        public bool? maximize;
    }

    public sealed class State(Parameter parameter) : OptimizerState(parameter), IDisposable
    {
        public Tensor? momentum_buffer;

        public void Dispose() => momentum_buffer?.Dispose();
    }

    public class ParamGroup : ParamGroup<Options>, optim.IMomentum
    {
        public ParamGroup()
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options)
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
            : base(parameters, new() { LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize })
        {
        }

        public double Momentum
        {
            get => Options.momentum!.Value;
            set => Options.momentum = value;
        }
    }
}
