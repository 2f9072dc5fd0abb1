using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// Inner products of the clients' effective changes with each other. For a product group the change is U_k = b_k A_k + B a_k around the previous version, with
/// b_k = B_k - B, a_k = A_k - A and A_k = A + a_k, so that &lt;U_i, U_j&gt; = &lt;b_i^T b_j, A_i A_j^T&gt; + &lt;b_i^T B, A_i a_j^T&gt; + &lt;B^T b_j, a_i A_j^T&gt; + &lt;B^T B, a_i a_j^T&gt;:
/// independent of the gauge, without cancellation, and nothing of size m x n is formed. All of these come from the Gram matrices of the b_k with B and of the a_k
/// with A, in which the version is one more entry beside the clients.
/// </summary>
sealed class UpdateGram(AdapterTensors previous, ClientDifference[] clients, WorkPool work)
{
    const int Block = DotKernel.Block;
    // Rows of a tile's Gram matrices: 2 MiB of sums and 2 MiB of values a side.
    const int TileRows = 512;
    // Rows at a time on the diagonal, where only what lies above it is computed.
    const int DiagonalRows = 32;

    /// <summary>[clients, clients], summed over the layout's groups.</summary>
    public double[,] Of(AdapterLayout layout)
    {
        var gram = new double[clients.Length, clients.Length];
        foreach (var group in layout.Groups)
        {
            Announcement.Of(group, clients, work);
            if (group.Group.Algebra == Algebra.Product)
                AddProduct(group, gram);
            else
                AddPlain(group, gram);
        }
        return gram;
    }

    void AddProduct(LayoutGroup group, double[,] gram)
    {
        var f = ProductFactors.Of(group);
        var scale = group.Group.Product!.Scale(group.Rank);
        // The last entry of each side of a tile is the version.
        var size = Math.Max(1, TileRows / f.Rank - 1);
        var rows = (size + 1) * f.Rank;
        ForTiles(size, 2 * rows * Block + 4 * rows * rows + f.Rank * Block, (i0, i1, j0, j1, scratch) =>
        {
            var (xRows, yRows) = ((i1 - i0 + 1) * f.Rank, (j1 - j0 + 1) * f.Rank);
            var values = scratch.AsSpan(0, 2 * rows * Block);
            var left = MemoryMarshal.Cast<float, double>(scratch.AsSpan(values.Length, 2 * xRows * yRows));
            var right = MemoryMarshal.Cast<float, double>(scratch.AsSpan(values.Length + 2 * xRows * yRows, 2 * xRows * yRows));
            var own = scratch.AsSpan(values.Length + 4 * rows * rows, f.Rank * Block);
            Accumulate(f.M, f.Rank, i0, i1, j0, j1, withVersion: true, values, left, own, (k, from, length, into, own) => LeftRows(group, f, k, from, length, into, own));
            Accumulate(f.N, f.Rank, i0, i1, j0, j1, withVersion: true, values, right, own, (k, from, length, into, own) => RightRows(group, f, k, from, length, into));
            for (var i = i0; i < i1; i++)
            {
                for (var j = Math.Max(i, j0); j < j1; j++)
                    gram[i, j] += scale * scale * Inner(left, right, (i - i0) * f.Rank, xRows - f.Rank, (j - j0) * f.Rank, yRows - f.Rank, f.Rank, yRows);
            }
        });
        Mirror(gram);
    }

    void AddPlain(LayoutGroup group, double[,] gram)
    {
        foreach (var tensor in group.Tensors)
        {
            ForTiles(TileRows / 2, TileRows * Block + TileRows * TileRows / 2, (i0, i1, j0, j1, scratch) =>
            {
                var values = scratch.AsSpan(0, TileRows * Block);
                var sums = MemoryMarshal.Cast<float, double>(scratch.AsSpan(values.Length, 2 * (i1 - i0) * (j1 - j0)));
                Accumulate(tensor.Elements, 1, i0, i1, j0, j1, withVersion: false, values, sums, default, (k, from, length, into, _) => clients[k].Read(tensor, from, into[..length]));
                for (var i = i0; i < i1; i++)
                {
                    for (var j = Math.Max(i, j0); j < j1; j++)
                        gram[i, j] += sums[(i - i0) * (j1 - j0) + j - j0];
                }
            });
        }
        Mirror(gram);
    }

    delegate void Tile(int i0, int i1, int j0, int j1, float[] scratch);

    delegate void Reader(int client, int from, int length, Span<float> into, Span<float> own);

    // Tiles on and above the diagonal, each written by one thread.
    void ForTiles(int size, int scratch, Tile tile)
    {
        var tiles = (clients.Length + size - 1) / size;
        work.For(tiles * tiles, scratch, (index, buffer) =>
        {
            var (i, j) = Math.DivRem(index, tiles);
            if (i <= j)
                tile(i * size, Math.Min((i + 1) * size, clients.Length), j * size, Math.Min((j + 1) * size, clients.Length), buffer);
        });
    }

    /// <summary>The Gram matrix of the entries i0 to i1 with those of j0 to j1, each <paramref name="rows"/> rows, and, as one more entry of each side, the version (client -1).</summary>
    static void Accumulate(int length, int rows, int i0, int i1, int j0, int j1, bool withVersion, Span<float> values, Span<double> sums, Span<float> own, Reader read)
    {
        sums.Clear();
        var second = values[(values.Length / 2)..];
        var (xRows, yRows) = ((i1 - i0 + (withVersion ? 1 : 0)) * rows, (j1 - j0 + (withVersion ? 1 : 0)) * rows);
        for (var from = 0; from < length; from += Block)
        {
            var part = Math.Min(Block, length - from);
            ReadRows(read, rows, i0, i1, withVersion, from, part, values, own);
            if (i0 == j0)
            {
                for (var x = 0; x < xRows; x += DiagonalRows)
                    DotKernel.Accumulate(values[(x * Block)..], Block, Math.Min(DiagonalRows, xRows - x), values[(x * Block)..], Block, yRows - x, part, sums[(x * yRows + x)..], yRows);
                continue;
            }
            ReadRows(read, rows, j0, j1, withVersion, from, part, second, own);
            DotKernel.Accumulate(values, Block, xRows, second, Block, yRows, part, sums, yRows);
        }
        if (i0 == j0 && withVersion)
            MirrorVersion(sums, xRows, rows);
    }

    static void ReadRows(Reader read, int rows, int first, int end, bool withVersion, int from, int part, Span<float> into, Span<float> own)
    {
        into[..((end - first + (withVersion ? 1 : 0)) * rows * Block)].Clear();
        for (var k = first; k < end; k++)
            read(k, from, part, into[((k - first) * rows * Block)..], own);
        if (withVersion)
            read(-1, from, part, into[((end - first) * rows * Block)..], own);
    }

    // Below the diagonal of a symmetric matrix of which what lies above it was computed: each client's inner products with itself, and the version's with all.
    static void MirrorVersion(Span<double> sums, int size, int rows)
    {
        for (var i = 0; i < size; i++)
        {
            for (var j = i >= size - rows ? 0 : i / rows * rows; j < i; j++)
                sums[i * size + j] = sums[j * size + i];
        }
    }

    // Rows of (B_k - B)^T or, for client -1, of B^T, a block of columns of them.
    void LeftRows(LayoutGroup group, ProductFactors f, int client, int from, int length, Span<float> into, Span<float> own)
    {
        var tensor = group.Tensors[f.Left];
        if (client < 0)
        {
            Transpose.Into(previous[tensor.Index].Slice(from * f.Rank, length * f.Rank), length, f.Rank, into, Block);
            return;
        }
        clients[client].Read(tensor, from * f.Rank, own[..(length * f.Rank)]);
        Transpose.Into(own[..(length * f.Rank)], length, f.Rank, into, Block);
    }

    // Rows of A_k - A or, for client -1, of A, a block of columns of them.
    void RightRows(LayoutGroup group, ProductFactors f, int client, int from, int length, Span<float> into)
    {
        var tensor = group.Tensors[f.Right];
        for (var i = 0; i < f.Rank; i++)
        {
            var row = into.Slice(i * Block, length);
            if (client < 0)
                previous[tensor.Index].Slice(i * f.N + from, length).CopyTo(row);
            else
                clients[client].Read(tensor, i * f.N + from, row);
        }
    }

    /// <summary>The inner product of clients i and j from the rows where their entries and the versions' begin.</summary>
    static double Inner(ReadOnlySpan<double> left, ReadOnlySpan<double> right, int i, int iVersion, int j, int jVersion, int rank, int stride)
    {
        var sum = 0.0;
        for (var p = 0; p < rank; p++)
        {
            for (var q = 0; q < rank; q++)
            {
                var (both, first, second, version) = ((i + p) * stride + j + q, (i + p) * stride + jVersion + q, (iVersion + p) * stride + j + q, (iVersion + p) * stride + jVersion + q);
                // a_i A_j^T and A_i a_j^T.
                var (changeTimesValue, valueTimesChange) = (right[both] + right[first], right[both] + right[second]);
                sum = Math.FusedMultiplyAdd(left[both], changeTimesValue + right[second] + right[version], sum);
                sum = Math.FusedMultiplyAdd(left[first], valueTimesChange, sum);
                sum = Math.FusedMultiplyAdd(left[second], changeTimesValue, sum);
                sum = Math.FusedMultiplyAdd(left[version], right[both], sum);
            }
        }
        return sum;
    }

    static void Mirror(double[,] gram)
    {
        for (var i = 0; i < gram.GetLength(0); i++)
        {
            for (var j = 0; j < i; j++)
                gram[i, j] = gram[j, i];
        }
    }
}
