using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// The covariance sum_k p_k (B_k - B)(A_k - A) applied to a few vectors, never formed. Each client's small core p_k (A_k - A) X^T is computed first, for as many
/// clients at a time as the memory allows; then the long factor goes by in pieces, each summed over the clients in order. To the right, both factors are read where
/// they lie: the mean's core is taken away from each client's in fp64, so that the cores sum to nothing but their rounding, and what B times that is goes off the end.
/// A left mean that nobody has looked at yet is computed piece by piece on the way, while the clients' values are in the cache.
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
    readonly float[] _leftMean = means.IsPending(f.Left) ? GC.AllocateUninitializedArray<float>(f.M * f.Rank) : means.Singles(f.Left);
    readonly float[] _rightMean = means.Singles(f.Right);

    /// <summary>Fills the request and, when one is given, what the sketch lacks.</summary>
    public void Fill(RightSum request, FactorSketch? sketch)
    {
        var (width, core) = (request.Width, f.Rank * request.Width);
        var vectors = new Vectors(request.X, width, f.N);
        var meanCore = MeanCore(vectors);
        // Each piece clears its own part.
        var (sum, rest) = (request.Sum = GC.AllocateUninitializedArray<double>(f.M * width), new double[core]);
        var mean = means.IsPending(f.Left) ? GC.AllocateUninitializedArray<double>(f.M * f.Rank) : null;
        var (left, right) = (sketch is { HasLeft: false } ? sketch : null, sketch is { HasRight: false } ? sketch : null);
        ForChunks(width, (first, cores, count) =>
        {
            work.For(count, f.Rank * Stride + 2 * core, (k, scratch) => RightCore(first + k, vectors, meanCore, scratch, cores.AsSpan(k * core, core), right));
            if (termBound is { } bound)
                work.For(count, f.Rank * Stride, (k, scratch) => Bound(cores.AsSpan(k * core, core), width, LeftGram(clients[first + k], scratch), bound, rankIsFirst: true));
            for (var k = 0; k < count; k++)
                AddTo(rest, cores.AsSpan(k * core, core));
            var rows = RowsPerPiece(left);
            work.For((f.M + rows - 1) / rows, Together * rows * f.Rank, (piece, scratch) =>
            {
                var (from, length) = (piece * rows, Math.Min(rows, f.M - piece * rows));
                if (first == 0)
                    sum.AsSpan(from * width, length * width).Clear();
                if (mean is not null && first == 0)
                    LeftMean(from * f.Rank, length * f.Rank, scratch, mean);
                for (var k = 0; k < count; k += Together)
                    AddLeft(first + k, Math.Min(Together, count - k), from, length, scratch, cores.AsSpan(k * core), width, sum.AsSpan(from * width), left);
            });
        });
        if (mean is not null)
            means.Supply(f.Left, mean, _leftMean);
        TakeMean(sum, rest, width);
        if (sketch is not null)
            (sketch.HasLeft, sketch.HasRight) = (true, true);
    }

    /// <summary>
    /// S (M - BA) X^T for the diagnostics of a rule that asked for other sums: the clients' B are in the sketch already, so A is read once more and nothing else.
    /// </summary>
    public double[] Sketched(float[] x, int width, FactorSketch sketch)
    {
        var (core, vectors) = (f.Rank * width, new Vectors(x, width, f.N));
        var (cores, meanCore, right) = (new float[clients.Length * core], MeanCore(vectors), sketch.HasRight ? null : sketch);
        work.For(clients.Length, f.Rank * Stride + 2 * core, (k, scratch) => RightCore(k, vectors, meanCore, scratch, cores.AsSpan(k * core, core), right));
        sketch.HasRight = true;
        sketch.Centre(means.Sums[f.Left], means.Sums[f.Right]);
        return sketch.LeftTimes(cores, width);
    }

    // sum_k (B_k - B) core_k from sum_k B_k core_k.
    void TakeMean(double[] sum, double[] rest, int width)
    {
        var minus = new float[rest.Length];
        for (var i = 0; i < rest.Length; i++)
            minus[i] = (float)-rest[i];
        ProductKernel.Accumulate(_leftMean, minus, width, f.Rank, width, sum, width);
    }

    // (the mean change of A) X^T, by the same operations as each client's.
    double[] MeanCore(Vectors vectors)
    {
        var core = new double[f.Rank * vectors.Width];
        var scratch = new float[f.Rank * Stride];
        for (var from = 0; from < f.N; from += Block)
        {
            var length = Math.Min(Block, f.N - from);
            for (var i = 0; i < f.Rank; i++)
                PadRow(_rightMean.AsSpan(i * f.N + from, length), scratch.AsSpan(i * Stride));
            DotKernel.Accumulate(scratch, Stride, f.Rank, vectors.From(from), vectors.Stride, vectors.Width, length, core);
        }
        return core;
    }

    void LeftMean(int offset, int length, float[] scratch, double[] mean)
    {
        var sum = mean.AsSpan(offset, length);
        sum.Clear();
        ClientMean.Add(clients, weights, _left, offset, length, scratch, sum);
        Rounding.ToSingles(sum, _leftMean.AsSpan(offset, length));
    }

    static void AddTo(double[] sum, ReadOnlySpan<float> x)
    {
        for (var i = 0; i < x.Length; i++)
            sum[i] += x[i];
    }

    unsafe void AddLeft(int first, int count, int from, int rows, float[] scratch, ReadOnlySpan<float> cores, int width, Span<double> sum, FactorSketch? sketch)
    {
        var length = rows * f.Rank;
        fixed (float* p0 = View(0), p1 = View(1), p2 = View(2), p3 = View(3), p4 = View(4), p5 = View(5), p6 = View(6), p7 = View(7))
        {
            Span<nint> places = [(nint)p0, (nint)p1, (nint)p2, (nint)p3, (nint)p4, (nint)p5, (nint)p6, (nint)p7];
            for (var k = 0; k < count; k++)
                sketch?.AddLeft(first + k, from, rows, new ReadOnlySpan<float>((void*)places[k], length));
            ProductKernel.AccumulateClients(places[..count], cores, rows, f.Rank, width, sum);
        }

        ReadOnlySpan<float> View(int k) => k < count ? clients[first + k].View(_left, from * f.Rank, scratch.AsSpan(k * length, length)) : default;
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
                    ReadRightCentred(clients[first + k], from, length, scratch);
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

    /// <summary>p (A_k - A) X^T, [rank, width], the mean's share being taken away in fp64.</summary>
    void RightCore(int client, Vectors vectors, double[] meanCore, float[] scratch, Span<float> core, FactorSketch? sketch)
    {
        var sums = MemoryMarshal.Cast<float, double>(scratch.AsSpan(f.Rank * Stride, 2 * core.Length));
        sums.Clear();
        // Whole lanes everywhere, so that nothing has to be padded.
        var whole = f.N % DotKernel.Lanes == 0 ? clients[client].InPlace(_right) : default;
        for (var from = 0; from < f.N; from += Block)
        {
            var length = Math.Min(Block, f.N - from);
            var rows = whole.IsEmpty ? ReadRight(clients[client], from, length, scratch) : whole[from..];
            var stride = whole.IsEmpty ? Stride : f.N;
            sketch?.AddRight(client, from, length, rows, stride);
            DotKernel.Accumulate(rows, stride, f.Rank, vectors.From(from), vectors.Stride, vectors.Width, length, sums);
        }
        for (var i = 0; i < core.Length; i++)
            core[i] = (float)(weights[client] * (sums[i] - meanCore[i]));
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
            ReadRightCentred(client, from, Math.Min(Block, f.N - from), scratch);
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

    /// <summary>Columns [from, from + length) of the client's change of A into rows <see cref="Stride"/> apart, padded with zeros to whole lanes.</summary>
    ReadOnlySpan<float> ReadRight(ClientDifference client, int from, int length, float[] into)
    {
        for (var i = 0; i < f.Rank; i++)
        {
            var row = into.AsSpan(i * Stride, length);
            PadRow(client.View(_right, i * f.N + from, row), into.AsSpan(i * Stride));
        }
        return into;
    }

    /// <summary>The same of A_k - A.</summary>
    void ReadRightCentred(ClientDifference client, int from, int length, float[] into)
    {
        for (var i = 0; i < f.Rank; i++)
        {
            var row = into.AsSpan(i * Stride, length);
            Centring.Subtract(client.View(_right, i * f.N + from, row), _rightMean.AsSpan(i * f.N + from, length), row);
            into.AsSpan(i * Stride + length, DotKernel.Padded(length) - length).Clear();
        }
    }

    static void PadRow(ReadOnlySpan<float> row, Span<float> into)
    {
        row.CopyTo(into);
        into[row.Length..DotKernel.Padded(row.Length)].Clear();
    }

    static void Round(ReadOnlySpan<double> sums, double weight, Span<float> core)
    {
        for (var i = 0; i < core.Length; i++)
            core[i] = (float)(weight * sums[i]);
    }

    /// <summary>X [width, n] with its rows apart and padded with zeros.</summary>
    sealed class Vectors
    {
        readonly float[] _padded;

        public Vectors(float[] x, int width, int n)
        {
            (Width, Stride) = (width, DotKernel.Padded(n) + 16);
            _padded = GC.AllocateUninitializedArray<float>(width * Stride);
            for (var i = 0; i < width; i++)
            {
                x.AsSpan(i * n, n).CopyTo(_padded.AsSpan(i * Stride));
                _padded.AsSpan(i * Stride + n, Stride - n).Clear();
            }
        }

        public int Width { get; }

        public int Stride { get; }

        public ReadOnlySpan<float> From(int column) => _padded.AsSpan(column);
    }
}
