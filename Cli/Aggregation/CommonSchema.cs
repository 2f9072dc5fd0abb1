using Federated.Aggregators.Adapters;

namespace Federated.Cli.Aggregation;

/// <summary>
/// One schema over all adapters, each with its own ranks. Alpha and rsLoRA are those of the adapter to continue, else of the one with the largest rank; an adapter that
/// has others gets B times the quotient of the scales, which leaves its product as it is.
/// </summary>
sealed class CommonSchema
{
    readonly AdapterFolder _template;

    /// <param name="adapters">1 or more, of one base.</param>
    /// <param name="previous">The one of them to continue, or null.</param>
    public CommonSchema(IReadOnlyList<AdapterFolder> adapters, AdapterFolder? previous)
    {
        _template = previous ?? adapters.OrderByDescending(a => a.Tensors.Layout.Groups.Max(g => g.Rank)).ThenBy(a => a.Name, StringComparer.Ordinal).First();
        foreach (var adapter in adapters) RequireSameModules(adapter);
        var own = _template.Tensors.Layout.Schema;
        Schema = new AdapterSchema(own.BaseDigest, own.ModelType, adapters.Max(a => a.Tensors.Layout.Schema.MaxRank), own.Groups, adapters.Select(a => a.BaseName).FirstOrDefault(n => n != "") ?? "");
        Ranks = Plan(name => adapters.Max(a => Group(a, name).Rank));
        MixedRanks = adapters.Any(a => own.Groups.Any(g => g.Product is not null && Group(a, g.Name).Rank != Ranks.Of(g.Name).Rank));
    }

    public AdapterSchema Schema { get; }

    /// <summary>The largest rank of each group.</summary>
    public AdapterPlan Ranks { get; }

    public bool MixedRanks { get; }

    /// <summary>An adapter's own ranks.</summary>
    public AdapterPlan RanksOf(AdapterFolder adapter) => Plan(name => Group(adapter, name).Rank);

    /// <summary>An adapter's values in a layout of its own ranks.</summary>
    public AdapterTensors Take(AdapterFolder adapter, AdapterLayout layout)
    {
        var values = new AdapterTensors(layout);
        foreach (var tensor in layout.Tensors)
        {
            var group = layout.Groups[tensor.Group];
            adapter.Tensors[adapter.Tensors.Layout.Find(tensor.Name)!].CopyTo(values[tensor]);
            if (group.Group.Product is { } form && form.Left == tensor.Role)
                Scale(values[tensor], Group(adapter, group.Group.Name).Group.Product!.Scale(group.Rank) / form.Scale(group.Rank), adapter.Name, tensor.Name);
        }
        return values;
    }

    static void Scale(Span<float> values, double factor, string adapter, string tensor)
    {
        if (factor == 1) return;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(values[i] * factor);
            if (!float.IsFinite(values[i])) throw Refused.Combining(FormattableString.Invariant($"Adapter '{adapter}': tensor '{tensor}' overflows fp32 at element {i} when brought to the common scale, {factor} times its own."));
        }
    }

    AdapterPlan Plan(Func<string, int> rank) => new(0, Schema.Groups.ToDictionary(g => g.Name, g => new GroupPlan(Rank: rank(g.Name)), StringComparer.Ordinal));

    static LayoutGroup Group(AdapterFolder adapter, string name) => adapter.Tensors.Layout.Groups.First(g => g.Group.Name == name);

    void RequireSameModules(AdapterFolder adapter)
    {
        var (own, other) = (_template.Tensors.Layout.Schema.Groups, adapter.Tensors.Layout.Schema.Groups);
        if (own.Select(g => g.Name).Except(other.Select(g => g.Name)).FirstOrDefault() is { } missing)
            throw Refused.Combining($"Adapter '{adapter.Name}' lacks module '{missing}', which '{_template.Name}' has; all must have the same modules.");
        if (other.Select(g => g.Name).Except(own.Select(g => g.Name)).FirstOrDefault() is { } surplus)
            throw Refused.Combining($"Adapter '{adapter.Name}' has module '{surplus}', which '{_template.Name}' lacks; all must have the same modules.");
        foreach (var tensor in own.SelectMany(g => g.Tensors)) RequireSameShape(adapter, tensor);
    }

    void RequireSameShape(AdapterFolder adapter, TensorSpec tensor)
    {
        var (layout, found) = (_template.Tensors.Layout.Find(tensor.Name)!, adapter.Tensors.Layout.Find(tensor.Name));
        if (found is null || found.Shape.Count != layout.Shape.Count || tensor.Shape.Where((axis, i) => !axis.IsRank && found.Shape[i] != layout.Shape[i]).Any())
            throw Refused.Combining($"Adapter '{adapter.Name}' has tensor '{tensor.Name}' of shape [{string.Join(", ", found?.Shape ?? [])}], '{_template.Name}' of [{string.Join(", ", layout.Shape)}]; only ranks may differ.");
    }
}
