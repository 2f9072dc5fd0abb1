using System.Buffers.Binary;
using System.IO.Compression;

namespace Federated.Client.Tests.Support;

/// <summary>Writes IDX files by the format's description, independently of the reader.</summary>
static class IdxFiles
{
    public static void WriteImages(string path, byte[][] images, int rows, int columns) =>
        Write(path, [images.Length, rows, columns], [.. images.SelectMany(i => i)]);

    public static void WriteLabels(string path, byte[] labels) => Write(path, [labels.Length], labels);

    /// <summary>A learnable task: label l is a bright horizontal bar in row band l, with noise.</summary>
    public static void WriteBars(string images, string labels, int count, int size, int classes, int seed)
    {
        var random = new Random(seed);
        byte[] chosen = [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(classes))];
        WriteImages(images, [.. chosen.Select(l => Bar(l, size, classes, random))], size, size);
        WriteLabels(labels, chosen);
    }

    static byte[] Bar(int label, int size, int classes, Random random)
    {
        var image = new byte[size * size];
        for (var p = 0; p < image.Length; p++)
            image[p] = (byte)(random.Next(60) + (p / size * classes / size == label ? 180 : 0));
        return image;
    }

    static void Write(string path, int[] dimensions, byte[] payload)
    {
        using var file = File.Create(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write([0, 0, 8, (byte)dimensions.Length]);
        Span<byte> number = stackalloc byte[4];
        foreach (var d in dimensions)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, d);
            stream.Write(number);
        }
        stream.Write(payload);
    }
}
