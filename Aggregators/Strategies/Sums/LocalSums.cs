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
    // Of sums that stay in the first-level cache while the clients go by.
    const int Piece = 1024;

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
            case GatherCoordinates coordinates:
                Fill(coordinates);
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
            work.For(pieces, 4 * Piece, (piece, scratch) => Add(tensor, piece * Piece, Math.Min(Piece, tensor.Elements - piece * Piece), scratch, sum.AsSpan(piece * Piece)));
        }
    }

    void Add(LayoutTensor tensor, int offset, int length, float[] scratch, Span<double> sum)
    {
        var k = 0;
        for (; k <= clients.Length - 4; k += 4)
        {
            WeightedSum.AddFour(sum,
                clients[k].View(tensor, offset, scratch.AsSpan(0, length)), weights[k],
                clients[k + 1].View(tensor, offset, scratch.AsSpan(Piece, length)), weights[k + 1],
                clients[k + 2].View(tensor, offset, scratch.AsSpan(2 * Piece, length)), weights[k + 2],
                clients[k + 3].View(tensor, offset, scratch.AsSpan(3 * Piece, length)), weights[k + 3]);
        }
        for (; k < clients.Length; k++)
            WeightedSum.Add(sum, clients[k].View(tensor, offset, scratch.AsSpan(0, length)), weights[k]);
    }

    void Fill(GatherCoordinates request)
    {
        var results = request.Begin(group.Tensors.Select(t => t.Elements));
        var size = Math.Clamp((1 << 20) / clients.Length, 16, 1024);
        foreach (var (tensor, result) in group.Tensors.Zip(results))
        {
            work.For((tensor.Elements + size - 1) / size, (size + 1) * clients.Length, (piece, scratch) =>
            {
                var offset = piece * size;
                var length = Math.Min(size, tensor.Elements - offset);
                for (var k = 0; k < clients.Length; k++)
                    clients[k].Read(tensor, offset, scratch.AsSpan(k * length, length));
                var column = scratch.AsMemory(length * clients.Length, clients.Length);
                for (var i = 0; i < length; i++)
                {
                    for (var k = 0; k < clients.Length; k++)
                        column.Span[k] = scratch[k * length + i];
                    column.Span.Sort();
                    result[offset + i] = request.Reduce(column);
                }
            });
        }
    }
}
