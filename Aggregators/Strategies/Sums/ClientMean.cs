using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>The weighted sum over clients of a piece of one tensor, in fold order.</summary>
static class ClientMean
{
    /// <summary>sum += p_k (theta_k - theta) over the piece.</summary>
    /// <param name="clients">In fold order.</param>
    /// <param name="weights">Theirs.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="offset">The piece's first element.</param>
    /// <param name="length">Its elements.</param>
    /// <param name="scratch">At least 4 * length.</param>
    /// <param name="sum">At least length.</param>
    public static void Add(ClientDifference[] clients, double[] weights, LayoutTensor tensor, int offset, int length, Span<float> scratch, Span<double> sum)
    {
        var k = 0;
        for (; k <= clients.Length - 4; k += 4)
        {
            WeightedSum.AddFour(sum,
                clients[k].View(tensor, offset, scratch[..length]), weights[k],
                clients[k + 1].View(tensor, offset, scratch.Slice(length, length)), weights[k + 1],
                clients[k + 2].View(tensor, offset, scratch.Slice(2 * length, length)), weights[k + 2],
                clients[k + 3].View(tensor, offset, scratch.Slice(3 * length, length)), weights[k + 3]);
        }
        for (; k < clients.Length; k++)
            WeightedSum.Add(sum, clients[k].View(tensor, offset, scratch[..length]), weights[k]);
    }
}
