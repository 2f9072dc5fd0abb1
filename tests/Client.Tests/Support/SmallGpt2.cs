using Federated.Client.Models.Gpt2;

namespace Federated.Client.Tests.Support;

/// <summary>Tiny language models with weights far from special.</summary>
static class SmallGpt2
{
    public static Gpt2Config Config(string activation = "gelu_new") => new()
    {
        Vocabulary = 40,
        Positions = 12,
        HiddenSize = 12,
        Layers = 3,
        Heads = 3,
        InnerSize = 20,
        Activation = activation,
    };

    /// <summary>Writes a model folder and loads it, so that it has a base digest.</summary>
    public static Gpt2Model Load(string folder, Gpt2Config? config = null, ulong seed = 3)
    {
        using (var fresh = Gpt2Model.Create(config ?? Config(), seed))
        {
            SmallVit.Disturb(fresh);
            fresh.Save(folder);
        }
        return Gpt2Model.Load(folder);
    }
}
