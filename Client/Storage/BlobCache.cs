using Federated.Client.Faults;
using Federated.Client.Transport;
using Federated.Formats.Digests;

namespace Federated.Client.Storage;

/// <summary>
/// Blobs by digest, on disk, fetched when missing. A download that breaks off goes on where it stopped; a blob is only
/// ever visible under its digest once its bytes have been checked against it.
/// </summary>
public sealed class BlobCache(string folder, long capacityBytes, IBlobSource source, TimeProvider time)
{
    const int MaximumBlobBytes = 1 << 30;
    const int Tries = 2;

    /// <summary>The whole blob.</summary>
    /// <exception cref="LinkException">It could not be fetched.</exception>
    /// <exception cref="ClientFault">F543: what came does not have this digest.</exception>
    public async Task<byte[]> GetAsync(string digest, CancellationToken cancellation)
    {
        CheckName(digest);
        var path = Path.Combine(folder, digest);
        if (File.Exists(path))
        {
            var bytes = await File.ReadAllBytesAsync(path, cancellation);
            if (TreeDigest.Of(bytes) == digest)
            {
                File.SetLastAccessTimeUtc(path, time.GetUtcNow().UtcDateTime);
                return bytes;
            }
            File.Delete(path);
        }
        return await FetchAsync(digest, path, cancellation);
    }

    async Task<byte[]> FetchAsync(string digest, string path, CancellationToken cancellation)
    {
        var partial = path + ".part";
        for (var attempt = 1; ; attempt++)
        {
            await DownloadAsync(digest, partial, cancellation);
            var bytes = await File.ReadAllBytesAsync(partial, cancellation);
            if (TreeDigest.Of(bytes) == digest)
            {
                MakeRoom(bytes.Length);
                File.Move(partial, path, overwrite: true);
                return bytes;
            }
            // Bytes of an earlier, interrupted attempt may be the wrong ones; once more from the beginning decides.
            File.Delete(partial);
            if (attempt == Tries)
                throw ClientFaults.Blob(digest, $"came with other bytes, {bytes.Length} of them, {Tries} times.");
        }
    }

    async Task DownloadAsync(string digest, string partial, CancellationToken cancellation)
    {
        try
        {
            await using var file = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1 << 16);
            file.Seek(0, SeekOrigin.End);
            await foreach (var chunk in source.ReadAsync(digest, file.Length, cancellation))
            {
                if (file.Position + chunk.Length > MaximumBlobBytes)
                    throw ClientFaults.Blob(digest, $"is larger than {MaximumBlobBytes} bytes.");
                await file.WriteAsync(chunk, cancellation);
            }
        }
        catch (LinkException e) when (e.Failure == LinkFailure.OutOfRange)
        {
            File.Delete(partial);
            throw new LinkException(LinkFailure.Unavailable, $"The partial blob {digest} was longer than the whole one and is fetched anew.", e);
        }
    }

    /// <summary>Removes the blobs used longest ago until the new one fits.</summary>
    void MakeRoom(long bytes)
    {
        var files = new DirectoryInfo(folder).GetFiles().Where(f => f.Extension != ".part").OrderBy(f => f.LastAccessTimeUtc).ToArray();
        var total = files.Sum(f => f.Length) + bytes;
        foreach (var file in files)
        {
            if (total <= capacityBytes)
                return;
            total -= file.Length;
            file.Delete();
        }
    }

    static void CheckName(string digest)
    {
        if (digest.Length != 64 || !digest.All(char.IsAsciiHexDigitLower))
            throw ClientFaults.Blob(digest.Length > 64 ? digest[..64] : digest, "is no digest of 64 hexadecimal digits.");
    }
}
