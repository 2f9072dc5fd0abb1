using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// The clients' changes of a product, each against its own start (B_v, A_v), applied to a few vectors and never formed. With dB = B_k - B_v and dA = A_k - A_v the change
/// is dB A_k + B_v dA, a product of rank 2r in which nothing cancels. First each client's two small cores (width x rank), then the long factors piece by piece, each
/// summed over the clients in order.
/// </summary>
sealed class ChangeSums(ProductFactors f, LayoutGroup group, ClientDifference[] clients, double[] weights, WorkPool work)
{
    const int Piece = 2048;
    const int Block = DotKernel.Block;

    readonly LayoutTensor _left = group.Tensors[f.Left];
    readonly LayoutTensor _right = group.Tensors[f.Right];

    public void Fill(RightChange request)
    {
        var (width, stride) = (request.Width, DotKernel.Padded(f.N));
        var x = Padded(request.X, width, f.N, stride);
        var sum = request.Sum = new double[f.M * width];
        var core = f.Rank * width;
        ForChunks(width, (first, cores, count) =>
        {
            work.For(count, 2 * f.Rank * Block + 4 * core, (k, scratch) => RightCores(clients[first + k], weights[first + k], x, stride, width, scratch, cores.AsSpan(2 * k * core, 2 * core)));
            var rows = Math.Max(1, Piece / f.Rank);
            work.For((f.M + rows - 1) / rows, rows * f.Rank, (piece, scratch) =>
            {
                var from = piece * rows;
                var b = scratch.AsSpan(0, Math.Min(rows, f.M - from) * f.Rank);
                var into = sum.AsSpan(from * width);
                for (var k = 0; k < count; k++)
                {
                    clients[first + k].ReadChange(_left, from * f.Rank, b);
                    ProductKernel.Accumulate(b, cores.AsSpan(2 * k * core, core), width, f.Rank, width, into, width);
                    clients[first + k].ReadStart(_left, from * f.Rank, b);
                    ProductKernel.Accumulate(b, cores.AsSpan((2 * k + 1) * core, core), width, f.Rank, width, into, width);
                }
            });
        });
    }

    public void Fill(LeftChange request)
    {
        var (width, stride) = (request.Width, DotKernel.Padded(f.M));
        var y = new float[width * stride];
        Transpose.Into(request.Y, f.M, width, y, stride);
        var sum = request.Sum = new double[width * f.N];
        var core = f.Rank * width;
        ForChunks(width, (first, cores, count) =>
        {
            work.For(count, 2 * f.Rank * Block + 4 * core, (k, scratch) => LeftCores(clients[first + k], weights[first + k], y, stride, width, scratch, cores.AsSpan(2 * k * core, 2 * core)));
            work.For((f.N + Block - 1) / Block, 2 * f.Rank * Block, (piece, scratch) =>
            {
                var from = piece * Block;
                var length = Math.Min(Block, f.N - from);
                var value = scratch.AsSpan(0, f.Rank * Block);
                var change = scratch.AsSpan(f.Rank * Block, f.Rank * Block);
                for (var k = 0; k < count; k++)
                {
                    ReadRight(clients[first + k], from, length, value, change);
                    for (var i = 0; i < f.Rank * Block; i++)
                        value[i] += change[i];
                    ProductKernel.Accumulate(cores.AsSpan(2 * k * core, core), value, Block, f.Rank, length, sum.AsSpan(from), f.N);
                    ProductKernel.Accumulate(cores.AsSpan((2 * k + 1) * core, core), change, Block, f.Rank, length, sum.AsSpan(from), f.N);
                }
            });
        });
    }

    void ForChunks(int width, Action<int, float[], int> chunk)
    {
        var core = 2 * f.Rank * width;
        var count = (int)Math.Clamp(work.MemoryBytes / 4 / (4L * core), 1, clients.Length);
        var cores = new float[count * core];
        for (var first = 0; first < clients.Length; first += count)
            chunk(first, cores, Math.Min(count, clients.Length - first));
    }

    /// <summary>w A_k X^T, then w dA X^T, each [rank, width].</summary>
    void RightCores(ClientDifference client, double weight, float[] x, int xStride, int width, float[] scratch, Span<float> cores)
    {
        var size = f.Rank * width;
        var start = scratch.AsSpan(0, f.Rank * Block);
        var change = scratch.AsSpan(f.Rank * Block, f.Rank * Block);
        var sums = MemoryMarshal.Cast<float, double>(scratch.AsSpan(2 * f.Rank * Block, 4 * size));
        sums.Clear();
        for (var from = 0; from < f.N; from += Block)
        {
            var length = Math.Min(Block, f.N - from);
            ReadRight(client, from, length, start, change);
            DotKernel.Accumulate(start, Block, f.Rank, x.AsSpan(from), xStride, width, length, sums[..size]);
            DotKernel.Accumulate(change, Block, f.Rank, x.AsSpan(from), xStride, width, length, sums[size..]);
        }
        for (var i = 0; i < size; i++)
            (cores[i], cores[size + i]) = ((float)(weight * (sums[i] + sums[size + i])), (float)(weight * sums[size + i]));
    }

    /// <summary>w Y^T dB, then w Y^T B_v, each [width, rank].</summary>
    void LeftCores(ClientDifference client, double weight, float[] y, int yStride, int width, float[] scratch, Span<float> cores)
    {
        var size = f.Rank * width;
        var own = scratch.AsSpan(0, f.Rank * Block);
        var flipped = scratch.AsSpan(f.Rank * Block, f.Rank * Block);
        var sums = MemoryMarshal.Cast<float, double>(scratch.AsSpan(2 * f.Rank * Block, 4 * size));
        sums.Clear();
        for (var from = 0; from < f.M; from += Block)
        {
            var length = Math.Min(Block, f.M - from);
            var b = own[..(length * f.Rank)];
            flipped.Clear();
            client.ReadChange(_left, from * f.Rank, b);
            Transpose.Into(b, length, f.Rank, flipped, Block);
            DotKernel.Accumulate(y.AsSpan(from), yStride, width, flipped, Block, f.Rank, length, sums[..size]);
            client.ReadStart(_left, from * f.Rank, b);
            Transpose.Into(b, length, f.Rank, flipped, Block);
            DotKernel.Accumulate(y.AsSpan(from), yStride, width, flipped, Block, f.Rank, length, sums[size..]);
        }
        for (var i = 0; i < cores.Length; i++)
            cores[i] = (float)(weight * sums[i]);
    }

    /// <summary>Columns [from, from + length) of A_v and of dA into rows <see cref="Block"/> apart, padded with zeros.</summary>
    void ReadRight(ClientDifference client, int from, int length, Span<float> start, Span<float> change)
    {
        start.Clear();
        change.Clear();
        for (var i = 0; i < f.Rank; i++)
        {
            client.ReadStart(_right, i * f.N + from, start.Slice(i * Block, length));
            client.ReadChange(_right, i * f.N + from, change.Slice(i * Block, length));
        }
    }

    static float[] Padded(float[] x, int rows, int columns, int stride)
    {
        var padded = new float[rows * stride];
        for (var i = 0; i < rows; i++)
            x.AsSpan(i * columns, columns).CopyTo(padded.AsSpan(i * stride));
        return padded;
    }
}
