using static TorchSharp.torch;

namespace Federated.Bench.Torch;

static class Frozen
{
    public static TModule Of<TModule>(TModule module)
        where TModule : nn.Module
    {
        foreach (var parameter in module.parameters())
            parameter.requires_grad = false;
        return module;
    }
}
