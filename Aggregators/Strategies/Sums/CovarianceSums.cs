using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// The covariance sum_k p_k (B_k - B)(A_k - A) applied to a few vectors, never formed. Each client's small core (width x rank) is computed first, for as many
/// clients at a time as the memory allows; then the long factor goes by in pieces, each summed over the clients in order. A left mean that nobody has looked at yet
/// is computed piece by piece on the way, while the clients' values are in the cache.
/// </summary>
sealed class CovarianceSums(ProductFactors f, LayoutGroup group, ClientDifference[] clients, double[] weights, MeanDeltas means, WorkPool work, double? termBound)
{
    const int Piece = 1024;
    const int Block = DotKernel.Block;
    // Rows of a power of two apart would share few lines of a cache.
    const int Stride = Block + 16;
    const int Together = 8;

    readonly LayoutTensor _left = group.Tensors[f.Left];
    readonly LayoutTensor _right = group.Tensors[f.Right];
    readonly float[] _leftMean = means.IsPending(f.Left) ? new float[f.M * f.Rank] : means.Singles(f.Left);
    readonly float[] _rightMean = means.Singles(f.Right);

    /// <summary>Fills the request and, when one is given, the clients' sketches.</summary>
    public void Fill(RightSum request, FactorSketch? sketch)
    {
        var (width, stride) = (request.Width, DotKernel.Padded(f.N) + 16);
        var x = PadRows(request.X, width, f.N, stride);
        var sum = request.Sum = new double[f.M * width];
        var mean = means.IsPending(f.Left) ? new double[f.M * f.Rank] : null;
        var core = f.Rank * width;
        ForChunks(width, (first, cores, count) =>
        {
            work.For(count, f.Rank * Stride + 2 * core, (k, scratch) => RightCore(first + k, x, stride, width, scratch, cores.AsSpan(k * core, core), sketch));
            if (termBound is { } bound)
                work.For(count, f.Rank * Stride, (k, scratch) => Bound(cores.AsSpan(k * core, core), width, LeftGram(clients[first + k], scratch), bound, rankIsFirst: true));
            var rows = RowsPerPiece(sketch);
            work.For((f.M + rows - 1) / rows, Together * rows * f.Rank, (piece, scratch) =>
            {
                var (from, length) = (piece * rows, Math.Min(rows, f.M - piece * rows));
                if (mean is not null && first == 0)
                    LeftMean(from * f.Rank, length * f.Rank, scratch, mean);
                for (var k = 0; k < count; k += Together)
                    AddLeft(first + k, Math.Min(Together, count - k), from, length, scratch, cores.AsSpan(k * core), width, sum.AsSpan(from * width), sketch);
            });
        });
        if (mean is not null)
            means.Supply(f.Left, mean, _leftMean);
    }

    /// <summary>
    /// S (M - BA) X^T for the diagnostics of a rule that asked for means alone: the clients' B are in the sketch already, so A is read once more and nothing else.
    /// </summary>
    public double[] Sketched(float[] x, int width, FactorSketch sketch)
    {
        var stride = DotKernel.Padded(f.N) + 16;
        var padded = PadRows(x, width, f.N, stride);
        var core = f.Rank * width;
        var cores = new float[clients.Length * core];
        work.For(clients.Length, f.Rank * Stride + 2 * core, (k, scratch) => RightCore(k, padded, stride, width, scratch, cores.AsSpan(k * core, core), sketch));
        return sketch.LeftTimes(cores, width);
    }

    void LeftMean(int offset, int length, float[] scratch, double[] mean)
    {
        var sum = mean.AsSpan(offset, length);
        ClientMean.Add(clients, weights, _left, offset, length, scratch, sum);
        for (var i = 0; i < length; i++)
            _leftMean[offset + i] = (float)sum[i];
    }

    void AddLeft(int first, int count, int from, int rows, float[] scratch, ReadOnlySpan<float> cores, int width, Span<double> sum, FactorSketch? sketch)
    {
        var length = rows * f.Rank;
        for (var k = 0; k < count; k++)
        {
            var b = scratch.AsSpan(k * length, length);
            ReadLeft(clients[first + k], from, b);
            sketch?.AddLeft(first + k, from, rows, b);
        }
        ProductKernel.AccumulateClients(scratch, cores, count, rows, f.Rank, width, sum);
    }

    // Whole buckets of the sketch, so that no two pieces write to one.
    int RowsPerPiece(FactorSketch? sketch)
    {
        var rows = Math.Max(8, Piece / f.Rank & ~7);
        return sketch is null ? rows : (rows + sketch.RowsPerBucket - 1) / sketch.RowsPerBucket * sketch.RowsPerBucket;
    }

    public void Fill(LeftSum request)
    {
        var (width, stride) = (request.Width, DotKernel.Padded(f.M) + 16);
        var y = new float[width * stride];
        Transpose.Into(request.Y, f.M, width, y, stride);
        var sum = request.Sum = new double[width * f.N];
        ForChunks(width, (first, cores, count) =>
        {
            work.For(count, 2 * f.Rank * Stride + 2 * f.Rank * width, (k, scratch) => LeftCore(clients[first + k], weights[first + k], y, stride, width, scratch, cores.AsSpan(k * f.Rank * width, f.Rank * width)));
            if (termBound is { } bound)
                work.For(count, f.Rank * Stride, (k, scratch) => Bound(cores.AsSpan(k * f.Rank * width, f.Rank * width), width, RightGram(clients[first + k], scratch), bound, rankIsFirst: false));
            work.For((f.N + Block - 1) / Block, f.Rank * Stride, (piece, scratch) =>
            {
                var from = piece * Block;
                var length = Math.Min(Block, f.N - from);
                for (var k = 0; k < count; k++)
                {
                    ReadRight(clients[first + k], from, length, scratch);
                    ProductKernel.Accumulate(cores.AsSpan(k * f.Rank * width, f.Rank * width), scratch, Stride, f.Rank, length, sum.AsSpan(from), f.N);
                }
            });
        });
    }

    void ForChunks(int width, Action<int, float[], int> chunk)
    {
        if (clients.Length == 0)
            return;
        var core = f.Rank * width;
        var count = (int)Math.Clamp(work.MemoryBytes / 4 / (4L * core), 1, clients.Length);
        var cores = new float[count * core];
        for (var first = 0; first < clients.Length; first += count)
            chunk(first, cores, Math.Min(count, clients.Length - first));
    }

    /// <summary>p (A_k - A) X^T, [rank, width].</summary>
    void RightCore(int client, float[] x, int xStride, int width, float[] scratch, Span<float> core, FactorSketch? sketch)
    {
        var sums = MemoryMarshal.Cast<float, double>(scratch.AsSpan(f.Rank * Stride, 2 * core.Length));
        sums.Clear();
        for (var from = 0; from < f.N; from += Block)
        {
            var length = Math.Min(Block, f.N - from);
            ReadRight(clients[client], from, length, scratch);
            sketch?.AddRight(client, from, length, scratch, Stride);
            DotKernel.Accumulate(scratch, Stride, f.Rank, x.AsSpan(from), xStride, width, length, sums);
        }
        Round(sums, weights[client], core);
    }

    /// <summary>p Y^T (B_k - B), [width, rank].</summary>
    void LeftCore(ClientDifference client, double weight, float[] y, int yStride, int width, float[] scratch, Span<float> core)
    {
        var b = scratch.AsSpan(f.Rank * Stride, f.Rank * Block);
        var sums = MemoryMarshal.Cast<float, double>(scratch.AsSpan(2 * f.Rank * Stride, 2 * core.Length));
        sums.Clear();
        for (var from = 0; from < f.M; from += Block)
        {
            var length = Math.Min(Block, f.M - from);
            ReadLeft(client, from, b[..(length * f.Rank)]);
            for (var i = 0; i < f.Rank; i++)
                scratch.AsSpan(i * Stride + length, DotKernel.Padded(length) - length).Clear();
            Transpose.Into(b, length, f.Rank, scratch, Stride);
            DotKernel.Accumulate(y.AsSpan(from), yStride, width, scratch, Stride, f.Rank, length, sums);
        }
        Round(sums, weight, core);
    }

    /// <summary>(B_k - B)^T (B_k - B), [rank, rank].</summary>
    double[] LeftGram(ClientDifference client, float[] scratch)
    {
        var gram = new double[f.Rank * f.Rank];
        for (var from = 0; from < f.M; from += Block)
        {
            var rows = scratch.AsSpan(0, Math.Min(Block, f.M - from) * f.Rank);
            ReadLeft(client, from, rows);
            for (var row = 0; row < rows.Length; row += f.Rank)
            {
                for (var i = 0; i < f.Rank; i++)
                {
                    for (var j = 0; j < f.Rank; j++)
                        gram[i * f.Rank + j] += (double)rows[row + i] * rows[row + j];
                }
            }
        }
        return gram;
    }

    /// <summary>(A_k - A)(A_k - A)^T, [rank, rank].</summary>
    double[] RightGram(ClientDifference client, float[] scratch)
    {
        var gram = new double[f.Rank * f.Rank];
        for (var from = 0; from < f.N; from += Block)
        {
            ReadRight(client, from, Math.Min(Block, f.N - from), scratch);
            for (var i = 0; i < f.Rank; i++)
            {
                for (var j = 0; j < f.Rank; j++)
                {
                    for (var c = 0; c < Math.Min(Block, f.N - from); c++)
                        gram[i * f.Rank + j] += (double)scratch[i * Stride + c] * scratch[j * Stride + c];
                }
            }
        }
        return gram;
    }

    // ||F C||^2 = sum over the core's vectors c of c^T (F^T F) c; the sum itself rounds in fp32, for which the bound leaves room.
    void Bound(Span<float> core, int width, double[] gram, double bound, bool rankIsFirst)
    {
        var squares = 0.0;
        for (var w = 0; w < width; w++)
        {
            for (var i = 0; i < f.Rank; i++)
            {
                for (var j = 0; j < f.Rank; j++)
                    squares += gram[i * f.Rank + j] * core[At(i, w)] * core[At(j, w)];
            }
        }
        var factor = (1 - 1e-5) * bound / Math.Sqrt(Math.Max(0, squares));
        for (var i = 0; factor < 1 && i < core.Length; i++)
            core[i] = (float)(core[i] * factor);

        int At(int rank, int w) => rankIsFirst ? rank * width + w : w * f.Rank + rank;
    }

    void ReadLeft(ClientDifference client, int row, Span<float> into)
    {
        Centring.Subtract(client.View(_left, row * f.Rank, into), _leftMean.AsSpan(row * f.Rank, into.Length), into);
    }

    /// <summary>Columns [from, from + length) of A_k - A into rows <see cref="Stride"/> apart, padded with zeros to whole lanes.</summary>
    void ReadRight(ClientDifference client, int from, int length, float[] into)
    {
        for (var i = 0; i < f.Rank; i++)
        {
            var row = into.AsSpan(i * Stride, length);
            Centring.Subtract(client.View(_right, i * f.N + from, row), _rightMean.AsSpan(i * f.N + from, length), row);
            into.AsSpan(i * Stride + length, DotKernel.Padded(length) - length).Clear();
        }
    }

    static void Round(ReadOnlySpan<double> sums, double weight, Span<float> core)
    {
        for (var i = 0; i < core.Length; i++)
            core[i] = (float)(weight * sums[i]);
    }

    static float[] PadRows(float[] x, int rows, int columns, int stride)
    {
        var padded = new float[rows * stride];
        for (var i = 0; i < rows; i++)
            x.AsSpan(i * columns, columns).CopyTo(padded.AsSpan(i * stride));
        return padded;
    }
}
