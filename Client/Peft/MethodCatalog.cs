using System.Collections.Frozen;
using Federated.Aggregators.Adapters;
using Federated.Client.Faults;

namespace Federated.Client.Peft;

/// <summary>The methods this build knows, by name.</summary>
public sealed class MethodCatalog
{
    readonly FrozenDictionary<string, IPeftMethod> _byName;

    /// <exception cref="ArgumentException">Two methods have one name.</exception>
    public MethodCatalog(IEnumerable<IPeftMethod> methods)
    {
        var byName = new Dictionary<string, IPeftMethod>(StringComparer.Ordinal);
        foreach (var method in methods)
        {
            if (!byName.TryAdd(method.Name, method))
                throw new ArgumentException($"Two methods are named '{method.Name}': {byName[method.Name].GetType()} and {method.GetType()}.", nameof(methods));
        }
        _byName = byName.ToFrozenDictionary(StringComparer.Ordinal);
        Names = [.. _byName.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Everything that ships with the client.</summary>
    public static MethodCatalog Default { get; } = new(
    [
        new Lora.LoraMethod(), new FfaLora.FfaLoraMethod(), new Pissa.PissaMethod(),
        new BitFit.BitFitMethod(), new LayerNorm.LayerNormMethod(), new Head.HeadMethod(), new Full.FullMethod(),
        new Ia3.Ia3Method(), new Prompt.PromptMethod(), new ParallelAdapter.ParallelAdapterMethod(),
    ]);

    /// <summary>In ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    public IEnumerable<IPeftMethod> Methods => Names.Select(n => _byName[n]);

    /// <exception cref="ClientFault">F522: no method has this name.</exception>
    public IPeftMethod Get(string name) => _byName.TryGetValue(name, out var method) ? method
        : throw ClientFaults.Method($"No PEFT method is named '{name}'. Known: {string.Join(", ", Names.Concat(Adapters.TensorSets.Names))}.");

    /// <summary>The one method that interprets a declared group.</summary>
    /// <exception cref="ClientFault">F521: none does.</exception>
    public IPeftMethod For(TensorGroup group) => Methods.FirstOrDefault(m => m.Handles(group))
        ?? throw ClientFaults.Adapter($"Group '{group.Name}' ({group.Algebra} at a site of kind {group.Site.Kind}) is of no method known here. Known: {string.Join(", ", Names)}.");
}
