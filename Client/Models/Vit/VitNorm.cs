using Federated.Aggregators.Adapters;
using static TorchSharp.torch;

namespace Federated.Client.Models.Vit;

/// <summary>Layer normalisation over the hidden axis.</summary>
sealed class VitNorm(VitConfig config, WeightBook book, VitSites sites, string path)
{
    readonly WeightSite _site = sites.Add(new WeightSite(
        new Site(SiteKind.Norm, path), book.Add($"{path}.weight", config.HiddenSize), book.Add($"{path}.bias", config.HiddenSize)));

    public Tensor Forward(Tensor input) =>
        nn.functional.layer_norm(input, [config.HiddenSize], _site.CurrentWeight, _site.CurrentBias, config.LayerNormEpsilon);
}
