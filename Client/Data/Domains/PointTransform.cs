namespace Federated.Client.Data.Domains;

/// <summary>Maps every pixel by its value alone, through a table.</summary>
sealed class PointTransform : IImageTransform
{
    readonly byte[] _table = new byte[256];

    public PointTransform(Func<double, double> map)
    {
        for (var v = 0; v < 256; v++)
            _table[v] = (byte)Math.Clamp(Math.Round(map(v)), 0, 255);
    }

    public void Apply(ReadOnlySpan<byte> source, Span<byte> target, ImageShape shape, ref CounterRandom random)
    {
        for (var i = 0; i < source.Length; i++)
            target[i] = _table[source[i]];
    }
}
