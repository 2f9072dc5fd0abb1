namespace Federated.Aggregators.Strategies.Sums;

/// <summary>A sum of products as one product of stacked factors.</summary>
static class Stack
{
    /// <summary>The offset sum_k weight_k * left_k [M, r_k] * right_k [r_k, N], times the group's scale.</summary>
    public static OffsetFactor Of(GroupFold group, IReadOnlyList<(double Weight, int Rank, float[] Left, float[] Right)> terms)
    {
        var f = group.Factors;
        var rank = terms.Sum(t => t.Rank);
        var (left, right) = (new float[f.M * rank], new float[rank * f.N]);
        var at = 0;
        foreach (var (weight, r, b, a) in terms)
        {
            for (var i = 0; i < f.M; i++)
            {
                for (var j = 0; j < r; j++)
                    left[i * rank + at + j] = (float)(weight * b[i * r + j]);
            }
            a.CopyTo(right, at * f.N);
            at += r;
        }
        return new OffsetFactor(group.Group.Group.Name, rank, left, right, group.Group.Group.Product!.Scale(f.Rank));
    }
}
