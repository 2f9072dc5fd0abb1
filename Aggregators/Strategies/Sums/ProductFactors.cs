using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>The two factors of a product group: B = left [M, Rank], A = right [Rank, N].</summary>
/// <param name="Left">Place of the left factor among the group's tensors.</param>
/// <param name="Right">Place of the right factor.</param>
/// <param name="M">Rows of the product.</param>
/// <param name="N">Columns of the product.</param>
/// <param name="Rank">Inner dimension.</param>
public sealed record ProductFactors(int Left, int Right, int M, int N, int Rank)
{
    internal static ProductFactors Of(LayoutGroup group)
    {
        var form = group.Group.Product ?? throw new InvalidOperationException($"Group '{group.Group.Name}' is no product.");
        var (left, right) = (group.Group.IndexOf(form.Left), group.Group.IndexOf(form.Right));
        return new ProductFactors(left, right, group.Tensors[left].Shape[0], group.Tensors[right].Shape[1], group.Rank);
    }
}
