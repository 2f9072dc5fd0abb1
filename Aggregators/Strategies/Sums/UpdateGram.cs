using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// Inner products of the clients' effective changes with each other. For a product group the change is U_k = (B_k - B) A_k + B (A_k - A) around the previous
/// version, a product of the stacked factors [B_k - B, B] and [A_k; A_k - A], so that &lt;U_i, U_j&gt; = &lt;L_i^T L_j, R_i R_j^T&gt;: independent of the gauge, without
/// cancellation, and nothing of size m x n is formed.
/// </summary>
sealed class UpdateGram(AdapterTensors previous, ClientDifference[] clients, WorkPool work)
{
    const int Block = DotKernel.Block;
    // Rows of a tile's Gram matrices: 2 MiB of sums and 2 MiB of values a side.
    const int TileRows = 512;

    /// <summary>[clients, clients], summed over the layout's groups.</summary>
    public double[,] Of(AdapterLayout layout)
    {
        var gram = new double[clients.Length, clients.Length];
        foreach (var group in layout.Groups)
        {
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
        var (rows, size) = (2 * f.Rank, Math.Max(1, TileRows / (2 * f.Rank)));
        ForTiles(size, 2 * size * rows * Block + 4 * size * rows * size * rows + f.Rank * Block, (i0, i1, j0, j1, scratch) =>
        {
            var sums = (i1 - i0) * rows * (j1 - j0) * rows;
            var values = scratch.AsSpan(0, 2 * size * rows * Block);
            var left = MemoryMarshal.Cast<float, double>(scratch.AsSpan(values.Length, 2 * sums));
            var right = MemoryMarshal.Cast<float, double>(scratch.AsSpan(values.Length + 2 * sums, 2 * sums));
            var own = scratch.AsSpan(values.Length + 4 * size * rows * size * rows, f.Rank * Block);
            Accumulate(f.M, rows, i0, i1, j0, j1, values, left, own, (k, from, length, into, own) => LeftRows(group, f, k, from, length, into, own));
            Accumulate(f.N, rows, i0, i1, j0, j1, values, right, own, (k, from, length, into, own) => RightRows(group, f, k, from, length, into));
            var stride = (j1 - j0) * rows;
            for (var i = i0; i < i1; i++)
            {
                for (var j = j0; j < j1; j++)
                    gram[i, j] += scale * scale * Inner(left, right, (i - i0) * rows, (j - j0) * rows, rows, stride);
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
                Accumulate(tensor.Elements, 1, i0, i1, j0, j1, values, sums, default, (k, from, length, into, _) => clients[k].Read(tensor, from, into[..length]));
                for (var i = i0; i < i1; i++)
                {
                    for (var j = j0; j < j1; j++)
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

    static void Accumulate(int length, int rows, int i0, int i1, int j0, int j1, Span<float> values, Span<double> sums, Span<float> own, Reader read)
    {
        sums.Clear();
        var second = values[(values.Length / 2)..];
        for (var from = 0; from < length; from += Block)
        {
            var part = Math.Min(Block, length - from);
            values.Clear();
            for (var k = i0; k < i1; k++)
                read(k, from, part, values[((k - i0) * rows * Block)..], own);
            for (var k = j0; k < j1; k++)
                read(k, from, part, second[((k - j0) * rows * Block)..], own);
            DotKernel.Accumulate(values, Block, (i1 - i0) * rows, second, Block, (j1 - j0) * rows, part, sums);
        }
    }

    // Rows of [B_k - B, B]^T, a block of columns of them.
    void LeftRows(LayoutGroup group, ProductFactors f, int client, int from, int length, Span<float> into, Span<float> own)
    {
        var tensor = group.Tensors[f.Left];
        clients[client].Read(tensor, from * f.Rank, own[..(length * f.Rank)]);
        Transpose.Into(own[..(length * f.Rank)], length, f.Rank, into, Block);
        Transpose.Into(previous[tensor.Index].Slice(from * f.Rank, length * f.Rank), length, f.Rank, into[(f.Rank * Block)..], Block);
    }

    // Rows of [A_k; A_k - A], a block of columns of them.
    void RightRows(LayoutGroup group, ProductFactors f, int client, int from, int length, Span<float> into)
    {
        var tensor = group.Tensors[f.Right];
        for (var i = 0; i < f.Rank; i++)
        {
            var difference = into.Slice((f.Rank + i) * Block, length);
            clients[client].Read(tensor, i * f.N + from, difference);
            var theta = previous[tensor.Index].Slice(i * f.N + from, length);
            for (var j = 0; j < length; j++)
                into[i * Block + j] = theta[j] + difference[j];
        }
    }

    static double Inner(ReadOnlySpan<double> left, ReadOnlySpan<double> right, int row, int column, int rows, int stride)
    {
        var sum = 0.0;
        for (var p = 0; p < rows; p++)
        {
            for (var q = 0; q < rows; q++)
                sum = Math.FusedMultiplyAdd(left[(row + p) * stride + column + q], right[(row + p) * stride + column + q], sum);
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
