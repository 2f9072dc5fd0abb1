namespace Federated.Client.Data.Domains;

/// <summary>Moves the image down and to the right; what leaves on one side enters on the other.</summary>
sealed class Roll(int pixels) : IImageTransform
{
    public void Apply(ReadOnlySpan<byte> source, Span<byte> target, ImageShape shape, ref CounterRandom random)
    {
        for (var i = 0; i < shape.Rows; i++)
        {
            var to = (i + pixels) % shape.Rows * shape.Columns;
            for (var j = 0; j < shape.Columns; j++)
                target[to + (j + pixels) % shape.Columns] = source[i * shape.Columns + j];
        }
    }
}
