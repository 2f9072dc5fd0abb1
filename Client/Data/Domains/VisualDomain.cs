namespace Federated.Client.Data.Domains;

/// <summary>
/// How one site's images look: a chain of transforms, applied as a pure function of the image's pixels and of its
/// index in its file (the noise of image 17 is the same whoever loads it, in whatever order).
/// </summary>
public sealed class VisualDomain
{
    readonly IImageTransform[] _transforms;
    readonly ulong _key;

    internal VisualDomain(string name, IImageTransform[] transforms)
    {
        Name = name;
        _transforms = transforms;
        _key = CounterRandom.Key("federated.domain.v1", name);
    }

    /// <summary>As written in a configuration: "clean", "rot90", "rotate:10+noise:15" ...</summary>
    public string Name { get; }

    /// <summary>Writes the image as this domain shows it.</summary>
    /// <param name="image">Row-major grey pixels, <c>shape.Size</c> bytes.</param>
    /// <param name="target">Receives as many bytes; must not overlap <paramref name="image"/>.</param>
    /// <param name="shape">Rows and columns.</param>
    /// <param name="index">The image's index in its file; selects its noise.</param>
    public void Apply(ReadOnlySpan<byte> image, Span<byte> target, ImageShape shape, int index)
    {
        var random = new CounterRandom(_key, (ulong)index);
        image.CopyTo(target);
        var scratch = new byte[shape.Size];
        foreach (var transform in _transforms)
        {
            target.CopyTo(scratch);
            transform.Apply(scratch, target, shape, ref random);
        }
    }
}
