namespace Federated.Client.Adapters;

/// <summary>What <c>federated adapter init</c> was asked for.</summary>
public sealed record AdapterRequest
{
    /// <summary>A name of <see cref="Peft.MethodCatalog"/> or of <see cref="TensorSets"/>.</summary>
    public string Method { get; init; } = Peft.Lora.LoraMethod.WireName;

    /// <summary>The method's options by name; <c>head=trained</c> adds the head to any other method, <c>head=frozen</c> is the default.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Selects the random part of version 0.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Weights that a first stage left, see <see cref="Adapters.FirstStage"/>: a safetensors file or a folder of them; null starts as the method does.</summary>
    public string? FirstStage { get; init; }

    /// <summary>Name of the base for people, at most 512 characters; becomes peft's base_model_name_or_path.</summary>
    public string BaseName { get; init; } = "";
}
