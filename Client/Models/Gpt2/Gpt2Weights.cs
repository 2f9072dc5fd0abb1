namespace Federated.Client.Models.Gpt2;

/// <summary>A GPT-2 checkpoint with or without the prefix of its names.</summary>
sealed class Gpt2Weights(Checkpoint checkpoint) : IWeightSource
{
    readonly bool _prefixed = checkpoint.Has($"{Gpt2Names.Tokens}.weight");

    public float[] Read(string name, params ReadOnlySpan<long> shape) =>
        checkpoint.Read(_prefixed ? name : name[Gpt2Names.Prefix.Length..], shape);
}
