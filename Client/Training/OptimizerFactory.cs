using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Training;

/// <summary>Makes a fresh optimiser; every round starts with one, because a state kept over rounds belongs to an older adapter.</summary>
static class OptimizerFactory
{
    public static optim.Optimizer Create(TrainSettings settings, IReadOnlyList<(double LearningRate, IReadOnlyList<Parameter> Parameters)> groups) =>
        settings.Optimizer switch
        {
            OptimizerNames.AdamW => optim.AdamW(
                groups.Select(g => new AdamW.ParamGroup(g.Parameters, settings.LearningRate * g.LearningRate, weight_decay: settings.WeightDecay)),
                settings.LearningRate, weight_decay: settings.WeightDecay),
            OptimizerNames.Sgd => optim.SGD(
                groups.Select(g => new SGD.ParamGroup(g.Parameters, settings.LearningRate * g.LearningRate, settings.Momentum, weight_decay: settings.WeightDecay)),
                settings.LearningRate, settings.Momentum, weight_decay: settings.WeightDecay),
            _ => throw new ArgumentException($"Optimizer '{settings.Optimizer}' is unknown. Known: {string.Join(", ", OptimizerNames.All)}.", nameof(settings)),
        };
}
