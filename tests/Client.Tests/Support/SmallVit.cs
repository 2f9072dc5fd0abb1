using Federated.Client.Models;
using Federated.Client.Models.Vit;

namespace Federated.Client.Tests.Support;

/// <summary>Tiny models with weights far from special: nothing zero, nothing symmetric.</summary>
static class SmallVit
{
    public static VitConfig Config(string activation = "relu", bool qkvBias = true, int channels = 1) => new()
    {
        HiddenSize = 12,
        Layers = 3,
        Heads = 3,
        IntermediateSize = 20,
        Activation = activation,
        ImageSize = 8,
        PatchSize = 4,
        Channels = channels,
        QkvBias = qkvBias,
        LayerNormEpsilon = 1e-6,
        Labels = ["a", "b", "c", "d"],
    };

    /// <summary>Writes a model folder and loads it, so that it has a base digest.</summary>
    public static VitModel Load(string folder, VitConfig? config = null, ulong seed = 3)
    {
        using (var fresh = VitModel.Create(config ?? Config(), seed))
        {
            Disturb(fresh);
            fresh.Save(folder);
        }
        return VitModel.Load(folder);
    }

    public static void Disturb(IFoundationModel model)
    {
        using var frozen = TorchSharp.torch.no_grad();
        TorchSharp.torch.manual_seed(5);
        foreach (var parameter in model.BaseParameters)
        {
            using var noise = TorchSharp.torch.randn(parameter.shape);
            using var scaled = noise.mul(0.3);
            parameter.add_(scaled);
        }
    }
}
