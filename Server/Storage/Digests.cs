using System.Buffers;

namespace Federated.Server.Storage;

/// <summary>Digests as text: 64 lower-case hex digits.</summary>
static class Digests
{
    public const int TextLength = 64;
    public const int ByteLength = 32;

    static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    public static bool IsDigest(string? text) => text is { Length: TextLength } && !text.AsSpan().ContainsAnyExcept(Hex);

    /// <summary>A digest becomes a file name, so nothing else may pass.</summary>
    public static string Checked(string digest) =>
        IsDigest(digest) ? digest : throw new ArgumentException("Not 64 lower-case hex digits.", nameof(digest));
}
