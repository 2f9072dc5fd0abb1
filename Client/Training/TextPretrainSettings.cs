using Federated.Client.Models.Gpt2;

namespace Federated.Client.Training;

/// <summary>A small GPT-2 trained from nothing.</summary>
public sealed record TextPretrainSettings
{
    public int Steps { get; init; } = 1500;

    /// <summary>Windows in a batch.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Highest learning rate; it rises over the first tenth of the steps and falls to zero along a cosine.</summary>
    public double LearningRate { get; init; } = 3e-3;

    public double WeightDecay { get; init; } = 0.01;

    public ulong Seed { get; init; } = 1;

    public int HiddenSize { get; init; } = 96;
    public int Layers { get; init; } = 4;
    public int Heads { get; init; } = 4;

    /// <summary>Tokens in a window, and the model's positions.</summary>
    public int Context { get; init; } = 64;

    /// <summary>The model for a vocabulary; ReLU, because GELU costs several times as much on CPU.</summary>
    public Gpt2Config Model(int vocabulary) => new()
    {
        Vocabulary = vocabulary,
        Positions = Context,
        HiddenSize = HiddenSize,
        Layers = Layers,
        Heads = Heads,
        InnerSize = 4 * HiddenSize,
        Activation = "relu",
    };
}
