namespace Federated.Client.Data;

/// <summary>The grey images of one IDX file, one byte a pixel, row-major, one after the other.</summary>
public sealed record ImageFile(string Path, int Count, int Rows, int Columns, byte[] Pixels)
{
    public int ImageSize => Rows * Columns;

    public ReadOnlySpan<byte> Image(int index) => Pixels.AsSpan(index * ImageSize, ImageSize);
}
