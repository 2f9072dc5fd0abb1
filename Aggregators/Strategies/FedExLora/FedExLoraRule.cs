using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FedExLora;

/// <summary>
/// M - BA = sum_{k &lt; K} p_k (B_k - B)(A_k - A_K), of rank at most (K - 1) r because sum p_k (B_k - B) = 0; K is the last client. With a residual rank, the best
/// approximation of that rank.
/// </summary>
sealed class FedExLoraRule(int residualRank) : IGroupRule
{
    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var f = group.Factors;
        var means = new MeanDeltas();
        yield return means;
        var b = group.Apply(f.Left, means.Sums[f.Left]);
        group.Propose(f.Left, b);
        group.Propose(f.Right, group.Apply(f.Right, means.Sums[f.Right]));
        if (group.Contributors == 1)
            yield break;
        var gather = new GatherFactors();
        yield return gather;
        var residual = Residual(group, gather.Clients, b);
        group.AddOffset(residualRank == 0 || residualRank >= residual.Rank ? residual : Truncated(f, residual));
    }

    static OffsetFactor Residual(GroupFold group, IReadOnlyList<ClientFactors> clients, double[] b)
    {
        var f = group.Factors;
        var last = PaddedRight(clients[^1], f);
        return Stack.Of(group, [.. clients.SkipLast(1).Select(c => (c.Weight, f.Rank, CentredLeft(c, f, b), Minus(PaddedRight(c, f), last)))]);
    }

    static float[] CentredLeft(ClientFactors client, ProductFactors f, double[] b)
    {
        var centred = new float[f.M * f.Rank];
        for (var i = 0; i < centred.Length; i++)
        {
            var (row, column) = Math.DivRem(i, f.Rank);
            centred[i] = (float)((column < client.Rank ? client.Left[row * client.Rank + column] : 0) - b[i]);
        }
        return centred;
    }

    static float[] PaddedRight(ClientFactors client, ProductFactors f)
    {
        var padded = new float[f.Rank * f.N];
        client.Right.CopyTo(padded, 0);
        return padded;
    }

    static float[] Minus(float[] x, float[] y)
    {
        for (var i = 0; i < x.Length; i++)
            x[i] -= y[i];
        return x;
    }

    OffsetFactor Truncated(ProductFactors f, OffsetFactor full)
    {
        var svd = FactoredSvd.Of(Widen(full.Left), Widen(full.Right), f.M, full.Rank, f.N);
        return full with
        {
            Rank = residualRank,
            Left = Rounding.ToSingles(svd.Left(residualRank, FactorPower.Whole)),
            Right = Rounding.ToSingles(svd.Right(residualRank, FactorPower.None)),
        };
    }

    static double[] Widen(float[] x) => [.. x.Select(v => (double)v)];
}
