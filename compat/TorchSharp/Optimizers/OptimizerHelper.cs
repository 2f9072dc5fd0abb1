using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What the optimisers share: groups, one state per parameter, and a step without recording that leaves no tensor behind.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    private protected readonly Dictionary<Parameter, OptimizerState> _states = new(ReferenceEqualityComparer.Instance);

    private protected OptimizerHelper()
    {
    }

    public override IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

    /// <summary>Sets the gradients that exist to zero; they stay allocated.</summary>
    public override void zero_grad()
    {
        using var scope = NewDisposeScope();
        Tensor[] grads = [.. parameters().Select(parameter => parameter.grad).Where(grad => grad is not null)!];
        if (grads.Length == 0)
            return;
        using (no_grad())
            Ops.ForeachZero.Run(grads);
    }

    public override Tensor? step(Func<Tensor>? closure = null)
    {
        Tensor? loss = null;
        if (closure is not null)
        {
            using (enable_grad())
                loss = closure();
        }
        using (no_grad())
        using (NewDisposeScope())
        {
            foreach (var group in _parameter_groups)
                Step(group);
        }
        return loss;
    }

    public override void add_param_group(ParamGroup param_group)
    {
        param_group.Options = Complete(param_group.Options);
        param_group.Options.InitialLearningRate = param_group.LearningRate;
        param_group.Parameters = [.. param_group.Parameters];
        foreach (var parameter in param_group.Parameters)
        {
            if (!_states.TryAdd(parameter, StateOf(parameter, param_group.Options)))
                throw new ArgumentException("some parameters appear in more than one parameter group", nameof(param_group));
        }
        _parameter_groups.Add(param_group);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        foreach (var state in _states.Values)
            (state as IDisposable)?.Dispose();
        _states.Clear();
    }

    /// <summary>One update of the parameters of a group that have a gradient.</summary>
    private protected abstract void Step(ParamGroup group);

    /// <summary>The group's options, with the optimiser's own in every place left open.</summary>
    private protected abstract OptimizerOptions Complete(OptimizerOptions? options);

    private protected abstract OptimizerState StateOf(Parameter parameter, OptimizerOptions options);

    /// <summary>The parameters of the group with a gradient, their gradients and their states.</summary>
    private protected (Tensor[] Parameters, Tensor[] Gradients, TState[] States) Active<TState>(ParamGroup group)
        where TState : OptimizerState
    {
        List<Tensor> active = [];
        List<Tensor> gradients = [];
        List<TState> states = [];
        foreach (var parameter in group.Parameters)
        {
            if (parameter.grad is not { } gradient)
                continue;
            active.Add(parameter);
            gradients.Add(gradient);
            states.Add((TState)_states[parameter]);
        }
        return ([.. active], [.. gradients], [.. states]);
    }
}
