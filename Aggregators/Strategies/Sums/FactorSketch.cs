using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// Every client's centred factors seen through two small random matrices: S (B_k - B) and (A_k - A) W, with one random sign per row (of S^T) or column and up to 64
/// buckets a side (Charikar, Chen, Farach-Colton 2002), so that E ||S T W||^2 = ||T||^2 with a relative standard deviation of at most sqrt(2/64) a side, reached for T
/// of rank 1. A side of up to 64 is kept as it is, so that small groups come out exactly. Costs one addition an element.
/// </summary>
sealed class FactorSketch
{
    const int Buckets = 64;
    const int Lanes = DotKernel.Lanes;
    const ulong Key = 0x736B657463686573;

    readonly ProductFactors _f;
    readonly double[] _weights;
    readonly float[] _left;
    readonly float[] _right;
    readonly float[] _rowSigns;
    readonly float[] _columnSigns;
    readonly int[] _columnBuckets;
    bool _centred;

    /// <summary>For a group's contributors.</summary>
    /// <param name="f">The factors.</param>
    /// <param name="weights">The clients' weights.</param>
    /// <param name="bytes">Fewer buckets are used, down to 8, if 64 a side would take more than this.</param>
    public FactorSketch(ProductFactors f, double[] weights, long bytes)
    {
        var most = Buckets;
        while (most > Lanes && 8L * weights.Length * f.Rank * most > bytes)
            most /= 2;
        (_f, _weights) = (f, weights);
        RowsPerBucket = (f.M + most - 1) / most;
        Rows = (f.M + RowsPerBucket - 1) / RowsPerBucket;
        var blocks = DotKernel.Padded(f.N) / Lanes;
        Columns = Math.Min(most, blocks * Lanes);
        (_left, _right) = (new float[weights.Length * Rows * f.Rank], new float[weights.Length * f.Rank * Columns]);
        _rowSigns = Signs(f.M, RowsPerBucket > 1, 1);
        _columnSigns = Signs(blocks * Lanes, blocks * Lanes > most, 2);
        var random = new Philox(Key, 3);
        _columnBuckets = [.. Enumerable.Range(0, blocks).Select(b => Lanes * (int)(blocks * Lanes > most ? random.Block((ulong)b).A % (uint)(Columns / Lanes) : (uint)b))];
    }

    /// <summary>Rows of S.</summary>
    public int Rows { get; }

    /// <summary>Columns of W.</summary>
    public int Columns { get; }

    /// <summary>Consecutive rows of B that go into one row of S B.</summary>
    public int RowsPerBucket { get; }

    /// <summary>Clients.</summary>
    public int Clients => _weights.Length;

    /// <summary>S (B_k - B), [Rows, rank], once it is centred.</summary>
    public ReadOnlySpan<float> Left(int client) => _left.AsSpan(client * Rows * _f.Rank, Rows * _f.Rank);

    /// <summary>(A_k - A) W, [rank, Columns], once it is centred.</summary>
    public ReadOnlySpan<float> Right(int client) => _right.AsSpan(client * _f.Rank * Columns, _f.Rank * Columns);

    /// <summary>Adds rows [from, from + rows) of a client's change of B, from being the first row of a bucket.</summary>
    public void AddLeft(int client, int from, int rows, ReadOnlySpan<float> b)
    {
        for (var row = 0; row < rows; row += RowsPerBucket)
        {
            var count = Math.Min(RowsPerBucket, rows - row);
            var into = _left.AsSpan((client * Rows + (from + row) / RowsPerBucket) * _f.Rank, _f.Rank);
            AddRows(b.Slice(row * _f.Rank, count * _f.Rank), _rowSigns.AsSpan(from + row, count), into);
        }
    }

    /// <summary>Whether the clients' changes of B are in.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Whether the clients' changes of A are in.</summary>
    public bool HasRight { get; set; }

    /// <summary>Takes the sketched mean changes away from each client's, once: what was added as changes is B_k - B and A_k - A from then on.</summary>
    public void Centre(ReadOnlySpan<double> meanLeft, ReadOnlySpan<double> meanRight)
    {
        if (_centred)
            return;
        Subtract(OfRows(meanLeft, _f.Rank), _left);
        Subtract(OfColumns(meanRight, _f.Rank), _right);
        _centred = true;
    }

    static void Subtract(double[] mean, float[] from)
    {
        for (var at = 0; at < from.Length; at += mean.Length)
        {
            for (var i = 0; i < mean.Length; i++)
                from[at + i] = (float)(from[at + i] - mean[i]);
        }
    }

    /// <summary>sum_k S (B_k - B) core_k for cores [clients, rank, width]; [Rows, width].</summary>
    public double[] LeftTimes(ReadOnlySpan<float> cores, int width)
    {
        var sum = new double[Rows * width];
        for (var k = 0; k < Clients; k++)
            ProductKernel.Accumulate(Left(k), cores.Slice(k * _f.Rank * width, _f.Rank * width), width, _f.Rank, width, sum, width);
        return sum;
    }

    /// <summary>Adds columns [from, from + length) of a client's change of A, rows <paramref name="stride"/> apart and padded with zeros to whole lanes; from is a multiple of 8.</summary>
    public void AddRight(int client, int from, int length, ReadOnlySpan<float> a, int stride)
    {
        ref var signs = ref _columnSigns[from];
        for (var i = 0; i < _f.Rank; i++)
        {
            ref var into = ref _right[(client * _f.Rank + i) * Columns];
            ref var row = ref MemoryMarshal.GetReference(a[(i * stride)..]);
            for (var j = 0; j < length; j += Lanes)
            {
                var bucket = (nuint)_columnBuckets[(from + j) / Lanes];
                Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref signs, (nuint)j), Vector256.LoadUnsafe(ref row, (nuint)j), Vector256.LoadUnsafe(ref into, bucket)).StoreUnsafe(ref into, bucket);
            }
        }
    }

    /// <summary>S X for X [M, width]; [Rows, width].</summary>
    public double[] OfRows<T>(ReadOnlySpan<T> x, int width) where T : INumberBase<T>
    {
        var result = new double[Rows * width];
        for (var i = 0; i < _f.M; i++)
        {
            var row = x.Slice(i * width, width);
            var into = result.AsSpan(i / RowsPerBucket * width, width);
            double sign = _rowSigns[i];
            for (var j = 0; j < row.Length; j++)
                into[j] += sign * double.CreateTruncating(row[j]);
        }
        return result;
    }

    /// <summary>X W for X [rows, N]; [rows, Columns].</summary>
    public double[] OfColumns<T>(ReadOnlySpan<T> x, int rows) where T : INumberBase<T>
    {
        var result = new double[rows * Columns];
        for (var i = 0; i < rows; i++)
        {
            var row = x.Slice(i * _f.N, _f.N);
            for (var block = 0; block < _columnBuckets.Length; block++)
            {
                var part = row[(block * Lanes)..Math.Min((block + 1) * Lanes, _f.N)];
                var into = result.AsSpan(i * Columns + _columnBuckets[block], part.Length);
                for (var j = 0; j < part.Length; j++)
                    into[j] += _columnSigns[block * Lanes + j] * double.CreateTruncating(part[j]);
            }
        }
        return result;
    }

    /// <summary>S (M - BA) W = sum p_k S (B_k - B)(A_k - A) W, [Rows, Columns].</summary>
    public double[] Covariance()
    {
        var sum = new double[Rows * Columns];
        var right = new float[_f.Rank * Columns];
        for (var k = 0; k < Clients; k++)
        {
            var own = Right(k);
            for (var i = 0; i < right.Length; i++)
                right[i] = (float)(_weights[k] * own[i]);
            ProductKernel.Accumulate(Left(k), right, Columns, _f.Rank, Columns, sum, Columns);
        }
        return sum;
    }

    static void AddRows(ReadOnlySpan<float> b, ReadOnlySpan<float> signs, Span<float> into)
    {
        var rank = into.Length;
        ref var first = ref MemoryMarshal.GetReference(b);
        ref var sums = ref MemoryMarshal.GetReference(into);
        var j = 0;
        for (; j <= rank - Lanes; j += Lanes)
        {
            // Two chains in a fixed order hide half of the latency.
            var (even, odd) = (Vector256.LoadUnsafe(ref sums, (nuint)j), Vector256<float>.Zero);
            var i = 0;
            for (; i < signs.Length - 1; i += 2)
            {
                even = Vector256.FusedMultiplyAdd(Vector256.Create(signs[i]), Vector256.LoadUnsafe(ref first, (nuint)(i * rank + j)), even);
                odd = Vector256.FusedMultiplyAdd(Vector256.Create(signs[i + 1]), Vector256.LoadUnsafe(ref first, (nuint)((i + 1) * rank + j)), odd);
            }
            if (i < signs.Length)
                even = Vector256.FusedMultiplyAdd(Vector256.Create(signs[i]), Vector256.LoadUnsafe(ref first, (nuint)(i * rank + j)), even);
            (even + odd).StoreUnsafe(ref sums, (nuint)j);
        }
        for (; j < rank; j++)
        {
            for (var i = 0; i < signs.Length; i++)
                into[j] += signs[i] * b[i * rank + j];
        }
    }

    static float[] Signs(int count, bool random, ulong stream)
    {
        var signs = new float[count];
        if (random)
            new Philox(Key, stream).Rademacher(signs);
        else
            Array.Fill(signs, 1);
        return signs;
    }
}
