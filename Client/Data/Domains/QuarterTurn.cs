namespace Federated.Client.Data.Domains;

/// <summary>Turns a square image by 90 degrees counter-clockwise: target[i, j] = source[j, n - 1 - i], as numpy.rot90.</summary>
sealed class QuarterTurn : IImageTransform
{
    public void Apply(ReadOnlySpan<byte> source, Span<byte> target, ImageShape shape, ref CounterRandom random)
    {
        var n = shape.Rows;
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                target[i * n + j] = source[j * n + n - 1 - i];
    }
}
