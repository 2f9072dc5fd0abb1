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

    public void Fill(SumRequest request)
    {
        switch (request)
        {
            case MeanDeltas mean:
                Fill(mean);
                break;
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
