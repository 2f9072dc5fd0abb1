namespace Federated.Client.Data.Domains;

/// <summary>One pure step over a grey image; what is random in it comes from <c>random</c> alone.</summary>
interface IImageTransform
{
    void Apply(ReadOnlySpan<byte> source, Span<byte> target, ImageShape shape, ref CounterRandom random);
}
