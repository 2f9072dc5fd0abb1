using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Formats.Peft;

namespace Federated.Cli.Aggregation;

/// <summary>What a rule puts into the base, as a peft adapter of its own: base + adapter + residual is what the rule publishes.</summary>
static class ResidualAdapter
{
    /// <summary>Null when the rule left the base alone.</summary>
    /// <exception cref="FormatException">A module's residual has a larger rank than a schema may have.</exception>
    public static PeftFolder? Of(FoldResult result)
    {
        var offsets = result.Offsets.GroupBy(o => o.Group).ToDictionary(o => o.Key, o => o.ToList(), StringComparer.Ordinal);
        if (offsets.Count == 0) return null;
        var own = result.Tensors.Layout.Schema;
        var ranks = offsets.ToDictionary(o => o.Key, o => o.Value.Sum(x => x.Rank), StringComparer.Ordinal);
        var schema = new AdapterSchema(own.BaseDigest, own.ModelType, ranks.Values.Max(), [.. own.Groups.Where(g => offsets.ContainsKey(g.Name))], own.BaseModel);
        var layout = AdapterLayout.Of(schema, new AdapterPlan(0, ranks.ToDictionary(r => r.Key, r => new GroupPlan(Rank: r.Value), StringComparer.Ordinal)));
        var values = new AdapterTensors(layout);
        foreach (var group in layout.Groups) Fill(values, group, offsets[group.Group.Name]);
        return PeftExport.Of(values);
    }

    static void Fill(AdapterTensors values, LayoutGroup group, List<OffsetFactor> offsets)
    {
        var form = group.Group.Product!;
        var (left, right) = (group.Find(form.Left)!, group.Find(form.Right)!);
        var (m, n, at) = (left.Shape[0], right.Shape[1], 0);
        foreach (var offset in offsets)
        {
            var factor = offset.Scale / form.Scale(group.Rank);
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < offset.Rank; j++) values[left][i * group.Rank + at + j] = (float)(offset.Left[i * offset.Rank + j] * factor);
            }
            offset.Right.CopyTo(values[right][(at * n)..]);
            at += offset.Rank;
        }
    }
}
