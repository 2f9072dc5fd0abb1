using Federated.Client.Peft.BitFit;
using Federated.Client.Peft.Full;
using Federated.Client.Peft.Head;
using Federated.Client.Peft.Lora;
using Federated.Client.Peft.ParallelAdapter;
using Federated.Client.Peft.Prompt;

namespace Federated.Client.Adapters;

/// <summary>FedPEFT's tensor sets (Sun et al., arXiv 2210.01708) as methods that are trained together; the strategies of these names average them.</summary>
public static class TensorSets
{
    static readonly Dictionary<string, string[]> Sets = new(StringComparer.Ordinal)
    {
        ["fedpeft-bias"] = [BitFitMethod.WireName, HeadMethod.WireName],
        ["fedpeft-head"] = [HeadMethod.WireName],
        ["fedpeft-adapter"] = [ParallelAdapterMethod.WireName, HeadMethod.WireName],
        ["fedpeft-prompt"] = [PromptMethod.WireName, HeadMethod.WireName],
        ["fedpeft-lora"] = [LoraMethod.WireName, HeadMethod.WireName],
        ["fedpeft-full"] = [FullMethod.WireName, HeadMethod.WireName],
    };

    /// <summary>In ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Sets.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The methods that a name stands for; options go to the first. A name that is no set stands for itself.</summary>
    internal static IReadOnlyList<string> Expand(string name) => Sets.GetValueOrDefault(name) ?? [name];
}
