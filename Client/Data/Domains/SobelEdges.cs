namespace Federated.Client.Data.Domains;

/// <summary>Magnitude of the Sobel gradient, clipped at 255, with the edge pixels repeated.</summary>
sealed class SobelEdges : IImageTransform
{
    public void Apply(ReadOnlySpan<byte> source, Span<byte> target, ImageShape shape, ref CounterRandom random)
    {
        for (var i = 0; i < shape.Rows; i++)
        {
            var up = Math.Max(i - 1, 0) * shape.Columns;
            var here = i * shape.Columns;
            var down = Math.Min(i + 1, shape.Rows - 1) * shape.Columns;
            for (var j = 0; j < shape.Columns; j++)
            {
                int left = Math.Max(j - 1, 0), right = Math.Min(j + 1, shape.Columns - 1);
                var gx = source[up + right] + 2 * source[here + right] + source[down + right]
                    - source[up + left] - 2 * source[here + left] - source[down + left];
                var gy = source[down + left] + 2 * source[down + j] + source[down + right]
                    - source[up + left] - 2 * source[up + j] - source[up + right];
                target[here + j] = (byte)Math.Min(255, (int)Math.Sqrt(gx * gx + gy * gy));
            }
        }
    }
}
