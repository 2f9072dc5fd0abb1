using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>Fills requests by summing over clients in order, in pieces whose bounds depend on the shapes alone.</summary>
/// <param name="group">The group.</param>
/// <param name="clients">Its contributors, in fold order.</param>
/// <param name="weights">Their weights, summing to 1.</param>
/// <param name="work">Threads and memory.</param>
sealed class LocalSums(LayoutGroup group, ClientDifference[] clients, double[] weights, WorkPool work)
{
    const int Piece = 4096;

    /// <exception cref="FoldRefusedException">A sum is not finite.</exception>
    public void Fill(SumRequest request)
    {
        if (!TryFill(request))
            throw new FoldRefusedException($"Group '{group.Group.Name}': a product of the clients' factors overflows; no value may be much above 1e12.");
    }

    /// <summary>False when a sum overflowed.</summary>
    public bool TryFill(SumRequest request)
    {
        switch (request)
        {
            case MeanDeltas mean:
                Fill(mean);
                return true;
            case RightSum right:
                new CovarianceSums(ProductFactors.Of(group), group, clients, weights, right.Means, work).Fill(right);
                return double.IsFinite(Norm.Squared(right.Sum));
            case LeftSum left:
                new CovarianceSums(ProductFactors.Of(group), group, clients, weights, left.Means, work).Fill(left);
                return double.IsFinite(Norm.Squared(left.Sum));
            case GatherFactors gather:
                gather.Clients = [.. clients.Zip(weights, (c, w) => c.Factors(ProductFactors.Of(group), group, w))];
                return true;
            default:
                throw new InvalidOperationException($"No sum is known for {request.GetType().Name}.");
        }
    }

    void Fill(MeanDeltas mean)
    {
        var sums = mean.Begin(group.Tensors.Select(t => t.Elements));
        foreach (var (tensor, sum) in group.Tensors.Zip(sums))
        {
            var pieces = (tensor.Elements + Piece - 1) / Piece;
            work.For(pieces, Piece, (piece, scratch) =>
            {
                var offset = piece * Piece;
                var length = Math.Min(Piece, tensor.Elements - offset);
                for (var k = 0; k < clients.Length; k++)
                {
                    clients[k].Read(tensor, offset, scratch.AsSpan(0, length));
                    WeightedSum.Add(sum.AsSpan(offset, length), scratch.AsSpan(0, length), weights[k]);
                }
            });
        }
    }
}
