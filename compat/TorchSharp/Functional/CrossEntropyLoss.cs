using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class CrossEntropyLoss(Tensor? weight = null, long? ignore_index = null, nn.Reduction reduction = nn.Reduction.Mean, double label_smoothing = 0.0)
    : WeightedLoss<Tensor, Tensor, Tensor>(weight, reduction)
{
    public long? ignore_index { get; } = ignore_index;

    public double label_smoothing { get; } = label_smoothing;

    public override Tensor forward(Tensor input1, Tensor input2) => nn.functional.cross_entropy(input1, input2, weight, ignore_index ?? -100, reduction, label_smoothing);
}
