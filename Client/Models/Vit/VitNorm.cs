using static TorchSharp.torch;

namespace Federated.Client.Models.Vit;

/// <summary>Layer normalisation over the hidden axis.</summary>
sealed class VitNorm(VitConfig config, WeightBook book, string path)
{
    readonly Tensor _weight = book.Add($"{path}.weight", config.HiddenSize);
    readonly Tensor _bias = book.Add($"{path}.bias", config.HiddenSize);

    public Tensor Forward(Tensor input) =>
        nn.functional.layer_norm(input, [config.HiddenSize], _weight, _bias, config.LayerNormEpsilon);
}
