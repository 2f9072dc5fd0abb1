using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// The covariance sum_k p_k (B_k - B)(A_k - A) applied to a few vectors, never formed. Each client's small core (width x rank) is computed first, for as many
/// clients at a time as the memory allows; then the long factor goes by in pieces, each summed over the clients in order.
/// </summary>
sealed class CovarianceSums(ProductFactors f, LayoutGroup group, ClientDifference[] clients, double[] weights, MeanDeltas means, WorkPool work)
{
    const int Piece = 2048;
    const int Block = DotKernel.Block;

    readonly LayoutTensor _left = group.Tensors[f.Left];
    readonly LayoutTensor _right = group.Tensors[f.Right];
    readonly float[] _leftMean = means.Singles(f.Left);
    readonly float[] _rightMean = means.Singles(f.Right);

    public void Fill(RightSum request)
    {
        var (width, stride) = (request.Width, DotKernel.Padded(f.N));
        var x = PadRows(request.X, width, f.N, stride);
        var sum = request.Sum = new double[f.M * width];
        ForChunks(width, (first, cores, count) =>
        {
            work.For(count, f.Rank * Block + 2 * f.Rank * width, (k, scratch) => RightCore(clients[first + k], weights[first + k], x, stride, width, scratch, cores.AsSpan(k * f.Rank * width, f.Rank * width)));
            var rows = Math.Max(1, Piece / f.Rank);
            work.For((f.M + rows - 1) / rows, rows * f.Rank, (piece, scratch) =>
            {
                var from = piece * rows;
                var b = scratch.AsSpan(0, Math.Min(rows, f.M - from) * f.Rank);
                for (var k = 0; k < count; k++)
                {
                    ReadLeft(clients[first + k], from, b);
                    ProductKernel.Accumulate(b, cores.AsSpan(k * f.Rank * width, f.Rank * width), width, f.Rank, width, sum.AsSpan(from * width), width);
                }
            });
        });
    }

    public void Fill(LeftSum request)
    {
        var (width, stride) = (request.Width, DotKernel.Padded(f.M));
        var y = new float[width * stride];
        Transpose.Into(request.Y, f.M, width, y, stride);
        var sum = request.Sum = new double[width * f.N];
        ForChunks(width, (first, cores, count) =>
        {
            work.For(count, 2 * f.Rank * Block + 2 * f.Rank * width, (k, scratch) => LeftCore(clients[first + k], weights[first + k], y, stride, width, scratch, cores.AsSpan(k * f.Rank * width, f.Rank * width)));
            work.For((f.N + Block - 1) / Block, f.Rank * Block, (piece, scratch) =>
            {
                var from = piece * Block;
                var length = Math.Min(Block, f.N - from);
                for (var k = 0; k < count; k++)
                {
                    ReadRight(clients[first + k], from, length, scratch);
                    ProductKernel.Accumulate(cores.AsSpan(k * f.Rank * width, f.Rank * width), scratch, Block, f.Rank, length, sum.AsSpan(from), f.N);
                }
            });
        });
    }

    void ForChunks(int width, Action<int, float[], int> chunk)
    {
        var core = f.Rank * width;
        var count = (int)Math.Clamp(work.MemoryBytes / 4 / (4L * core), 1, clients.Length);
        var cores = new float[count * core];
        for (var first = 0; first < clients.Length; first += count)
            chunk(first, cores, Math.Min(count, clients.Length - first));
    }

    /// <summary>p (A_k - A) X^T, [rank, width].</summary>
    void RightCore(ClientDifference client, double weight, float[] x, int xStride, int width, float[] scratch, Span<float> core)
    {
        var sums = MemoryMarshal.Cast<float, double>(scratch.AsSpan(f.Rank * Block, 2 * core.Length));
        sums.Clear();
        for (var from = 0; from < f.N; from += Block)
        {
            var length = Math.Min(Block, f.N - from);
            ReadRight(client, from, length, scratch);
            DotKernel.Accumulate(scratch, Block, f.Rank, x.AsSpan(from), xStride, width, length, sums);
        }
        Round(sums, weight, core);
    }

    /// <summary>p Y^T (B_k - B), [width, rank].</summary>
    void LeftCore(ClientDifference client, double weight, float[] y, int yStride, int width, float[] scratch, Span<float> core)
    {
        var b = scratch.AsSpan(f.Rank * Block, f.Rank * Block);
        var sums = MemoryMarshal.Cast<float, double>(scratch.AsSpan(2 * f.Rank * Block, 2 * core.Length));
        sums.Clear();
        for (var from = 0; from < f.M; from += Block)
        {
            var length = Math.Min(Block, f.M - from);
            ReadLeft(client, from, b[..(length * f.Rank)]);
            for (var i = 0; i < f.Rank; i++)
                scratch.AsSpan(i * Block + length, DotKernel.Padded(length) - length).Clear();
            Transpose.Into(b, length, f.Rank, scratch, Block);
            DotKernel.Accumulate(y.AsSpan(from), yStride, width, scratch, Block, f.Rank, length, sums);
        }
        Round(sums, weight, core);
    }

    void ReadLeft(ClientDifference client, int row, Span<float> into)
    {
        Centring.Subtract(client.View(_left, row * f.Rank, into), _leftMean.AsSpan(row * f.Rank, into.Length), into);
    }

    /// <summary>Columns [from, from + length) of A_k - A into rows <see cref="Block"/> apart, padded with zeros to whole lanes.</summary>
    void ReadRight(ClientDifference client, int from, int length, float[] into)
    {
        for (var i = 0; i < f.Rank; i++)
        {
            var row = into.AsSpan(i * Block, length);
            Centring.Subtract(client.View(_right, i * f.N + from, row), _rightMean.AsSpan(i * f.N + from, length), row);
            into.AsSpan(i * Block + length, DotKernel.Padded(length) - length).Clear();
        }
    }

    static void Round(ReadOnlySpan<double> sums, double weight, Span<float> core)
    {
        for (var i = 0; i < core.Length; i++)
            core[i] = (float)(weight * sums[i]);
    }

    static float[] PadRows(float[] x, int rows, int columns, int stride)
    {
        if (stride == columns)
            return x;
        var padded = new float[rows * stride];
        for (var i = 0; i < rows; i++)
            x.AsSpan(i * columns, columns).CopyTo(padded.AsSpan(i * stride));
        return padded;
    }
}
