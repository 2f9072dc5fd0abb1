namespace Federated.Client.Data.Domains;

/// <summary>
/// Adds zero-mean noise of the given standard deviation in grey levels. A sum of twelve 16-bit uniforms stands for the
/// normal (variance exactly that of one unit), because it needs integers only and so repeats on every machine.
/// </summary>
sealed class SensorNoise(double deviation) : IImageTransform
{
    readonly double _scale = deviation / 65536;

    public void Apply(ReadOnlySpan<byte> source, Span<byte> target, ImageShape shape, ref CounterRandom random)
    {
        for (var i = 0; i < source.Length; i++)
        {
            var sum = -6 * 65536 + 6;
            for (var k = 0; k < 6; k++)
            {
                var two = random.NextUInt32();
                sum += (int)(two & 0xffff) + (int)(two >> 16);
            }
            target[i] = (byte)Math.Clamp(Math.Round(source[i] + sum * _scale), 0, 255);
        }
    }
}
