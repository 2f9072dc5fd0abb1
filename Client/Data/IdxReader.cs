using System.Buffers.Binary;
using System.IO.Compression;
using Federated.Client.Faults;

namespace Federated.Client.Data;

/// <summary>
/// Reads IDX files (the format of MNIST and its relatives), plain or gzipped:
/// two zero bytes, a type byte (0x08 is unsigned byte), the number of dimensions, then each as a big-endian int32, then the bytes.
/// </summary>
public static class IdxReader
{
    const int UnsignedByte = 0x08;

    /// <summary>The largest payload that is read, 2 GiB less one page: a damaged header must not ask for more.</summary>
    const long MaximumBytes = int.MaxValue - 4096L;

    public static ImageFile ReadImages(string path)
    {
        var (dimensions, bytes) = Read(path, 3);
        if (dimensions[1] is < 1 or > 4096 || dimensions[2] is < 1 or > 4096)
            throw ClientFaults.DataFile(path, $"holds images of {dimensions[1]} x {dimensions[2]} pixels; 1 to 4096 a side are allowed.");
        return new ImageFile(path, dimensions[0], dimensions[1], dimensions[2], bytes);
    }

    public static byte[] ReadLabels(string path) => Read(path, 1).Bytes;

    static (int[] Dimensions, byte[] Bytes) Read(string path, int rank)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            using var stream = IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            var dimensions = ReadHeader(path, stream, rank);
            return (dimensions, ReadPayload(path, stream, dimensions));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw ClientFaults.DataFile(path, "does not exist.", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw ClientFaults.DataFile(path, $"cannot be read: {e.Message}", e);
        }
        catch (InvalidDataException e)
        {
            throw ClientFaults.DataFile(path, $"is not a readable gzip file: {e.Message}", e);
        }
    }

    static bool IsGzip(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        var read = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        file.Position = 0;
        return read == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
    }

    static int[] ReadHeader(string path, Stream stream, int rank)
    {
        Span<byte> header = stackalloc byte[4 + 4 * rank];
        var read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (read < 4 || header[0] != 0 || header[1] != 0 || header[2] != UnsignedByte || header[3] != rank)
            throw ClientFaults.DataFile(path, $"is not an IDX file of unsigned bytes with {rank} dimension(s).");
        if (read < header.Length)
            throw ClientFaults.DataFile(path, $"ends inside its header, after {read} of {header.Length} bytes.");
        var dimensions = new int[rank];
        for (var i = 0; i < rank; i++)
            dimensions[i] = BinaryPrimitives.ReadInt32BigEndian(header[(4 + 4 * i)..]);
        return dimensions;
    }

    static byte[] ReadPayload(string path, Stream stream, int[] dimensions)
    {
        var size = 1L;
        foreach (var d in dimensions)
        {
            if (d < 1 || (size *= d) > MaximumBytes)
                throw ClientFaults.DataFile(path, $"declares {string.Join(" x ", dimensions)} bytes; 1 to {MaximumBytes} are allowed.");
        }
        // A header may promise more than the file holds, so memory grows with what arrives, not with the promise.
        using var bytes = new MemoryStream((int)Math.Min(size, 1 << 20));
        var buffer = new byte[1 << 16];
        while (bytes.Length < size)
        {
            var n = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, size - bytes.Length));
            if (n == 0)
                throw ClientFaults.DataFile(path, $"ends after {bytes.Length} of {size} bytes.");
            bytes.Write(buffer, 0, n);
        }
        if (stream.ReadByte() >= 0)
            throw ClientFaults.DataFile(path, $"is longer than the {size} bytes its header declares.");
        return bytes.Length == bytes.GetBuffer().Length ? bytes.GetBuffer() : bytes.ToArray();
    }
}
