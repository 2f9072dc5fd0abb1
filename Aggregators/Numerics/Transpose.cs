namespace Federated.Aggregators.Numerics;

static class Transpose
{
    /// <summary>[rows, columns] row-major to [columns, rows] row-major.</summary>
    public static float[] Of(ReadOnlySpan<float> x, int rows, int columns)
    {
        var result = new float[rows * columns];
        Into(x, rows, columns, result, rows);
        return result;
    }

    /// <summary>[rows, columns] row-major to [columns, rows] with <paramref name="stride"/> elements from row to row of the result.</summary>
    public static void Into(ReadOnlySpan<float> x, int rows, int columns, Span<float> into, int stride)
    {
        // Tiles of 8 x 8 keep both sides within a few cache lines.
        const int Tile = 8;
        for (var i0 = 0; i0 < rows; i0 += Tile)
        {
            for (var j0 = 0; j0 < columns; j0 += Tile)
            {
                for (var i = i0; i < Math.Min(i0 + Tile, rows); i++)
                {
                    for (var j = j0; j < Math.Min(j0 + Tile, columns); j++)
                        into[j * stride + i] = x[i * columns + j];
                }
            }
        }
    }
}
