using Federated.Aggregators.Strategies;

namespace Federated.Aggregators.Tests.Shared;

static class Effective
{
    /// <summary>s * B * A plus the offsets of a product group, row-major.</summary>
    public static double[] Of(FoldResult result, int group)
    {
        var g = result.Tensors.Layout.Groups[group];
        var (a, b) = (g.Find("lora_A")!, g.Find("lora_B")!);
        var (m, n) = (b.Shape[0], a.Shape[1]);
        var sum = g.Group.Product!.Scale(g.Rank) * (Dense.Of(result.Tensors[b], m, g.Rank) * Dense.Of(result.Tensors[a], g.Rank, n));
        foreach (var offset in result.Offsets.Where(o => o.Group == g.Group.Name))
            sum += offset.Scale * (Dense.Of(offset.Left, m, offset.Rank) * Dense.Of(offset.Right, offset.Rank, n));
        return [.. Enumerable.Range(0, m * n).Select(i => sum[i / n, i % n])];
    }
}
