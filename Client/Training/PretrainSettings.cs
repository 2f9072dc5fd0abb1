using Federated.Client.Models.Vit;

namespace Federated.Client.Training;

/// <summary>A small vision transformer trained from nothing.</summary>
public sealed record PretrainSettings
{
    public int Epochs { get; init; } = 4;

    public int BatchSize { get; init; } = 128;

    /// <summary>Highest learning rate; it rises over the first tenth of the steps and falls to zero along a cosine.</summary>
    public double LearningRate { get; init; } = 2e-3;

    public double WeightDecay { get; init; } = 0.01;

    public ulong Seed { get; init; } = 1;

    public int HiddenSize { get; init; } = 64;
    public int Layers { get; init; } = 4;
    public int Heads { get; init; } = 4;
    public int PatchSize { get; init; } = 7;

    /// <summary>The model for images of a size and a number of labels; ReLU, because exact GELU costs several times as much on CPU.</summary>
    public VitConfig Model(int imageSize, IReadOnlyList<string> labels) => new()
    {
        HiddenSize = HiddenSize,
        Layers = Layers,
        Heads = Heads,
        IntermediateSize = 2 * HiddenSize,
        Activation = "relu",
        ImageSize = imageSize,
        PatchSize = PatchSize,
        Channels = 1,
        Labels = labels,
    };
}
