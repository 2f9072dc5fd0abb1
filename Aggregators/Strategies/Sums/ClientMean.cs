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
    /// <param name="also">Sees each client's piece while it is in the cache; null: nobody does.</param>
    public static void Add(ClientDifference[] clients, double[] weights, LayoutTensor tensor, int offset, int length, Span<float> scratch, Span<double> sum, Seen? also = null)
    {
        var k = 0;
        for (; k <= clients.Length - 4; k += 4)
        {
            var first = clients[k].View(tensor, offset, scratch[..length]);
            var second = clients[k + 1].View(tensor, offset, scratch.Slice(length, length));
            var third = clients[k + 2].View(tensor, offset, scratch.Slice(2 * length, length));
            var fourth = clients[k + 3].View(tensor, offset, scratch.Slice(3 * length, length));
            WeightedSum.AddFour(sum, first, weights[k], second, weights[k + 1], third, weights[k + 2], fourth, weights[k + 3]);
            also?.Invoke(k, first);
            also?.Invoke(k + 1, second);
            also?.Invoke(k + 2, third);
            also?.Invoke(k + 3, fourth);
        }
        for (; k < clients.Length; k++)
        {
            var values = clients[k].View(tensor, offset, scratch[..length]);
            WeightedSum.Add(sum, values, weights[k]);
            also?.Invoke(k, values);
        }
    }

    /// <summary>A client's piece.</summary>
    public delegate void Seen(int client, ReadOnlySpan<float> values);
}
