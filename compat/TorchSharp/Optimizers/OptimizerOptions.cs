namespace TorchSharp.Modules;

/// <summary>The settings of one parameter group; what is null takes the optimiser's own setting when the group is added.</summary>
public class OptimizerOptions
{
    public double? LearningRate { get; set; }

    public double InitialLearningRate { get; set; }
}
