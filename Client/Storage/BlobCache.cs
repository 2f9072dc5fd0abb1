using Federated.Client.Faults;
using Federated.Client.Transport;
using Federated.Formats.Digests;

namespace Federated.Client.Storage;

/// <summary>
/// Blobs by digest, fetched when missing. A download that breaks off goes on where it stopped; a blob is only ever visible under its
/// digest once its bytes have been checked against it.
/// </summary>
public sealed class BlobCache(IBlobShelf shelf, IBlobSource source)
{
    const int MaximumBlobBytes = 1 << 30;
    const int Tries = 2;

    /// <summary>The whole blob.</summary>
    /// <exception cref="LinkException">It could not be fetched.</exception>
    /// <exception cref="ClientFault">F543: what came does not have this digest.</exception>
    public async Task<byte[]> GetAsync(string digest, CancellationToken cancellation)
    {
        CheckName(digest);
        if (await shelf.FindAsync(digest, cancellation) is { } bytes)
        {
            if (TreeDigest.Of(bytes) == digest)
                return bytes;
            shelf.Drop(digest);
        }
        return await FetchAsync(digest, cancellation);
    }

    async Task<byte[]> FetchAsync(string digest, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            await DownloadAsync(digest, cancellation);
            var bytes = await shelf.ReadPartAsync(digest, cancellation);
            if (TreeDigest.Of(bytes) == digest)
            {
                shelf.Complete(digest, bytes.Length);
                return bytes;
            }
            // Bytes of an earlier, interrupted attempt may be the wrong ones; once more from the beginning decides.
            shelf.DropPart(digest);
            if (attempt == Tries)
                throw ClientFaults.Blob(digest, $"came with other bytes, {bytes.Length} of them, {Tries} times.");
        }
    }

    async Task DownloadAsync(string digest, CancellationToken cancellation)
    {
        try
        {
            await using var part = shelf.OpenPart(digest);
            await foreach (var chunk in source.ReadAsync(digest, part.Length, cancellation))
            {
                if (part.Position + chunk.Length > MaximumBlobBytes)
                    throw ClientFaults.Blob(digest, $"is larger than {MaximumBlobBytes} bytes.");
                await part.WriteAsync(chunk, cancellation);
            }
        }
        catch (LinkException e) when (e.Failure == LinkFailure.OutOfRange)
        {
            shelf.DropPart(digest);
            throw new LinkException(LinkFailure.Unavailable, $"The partial blob {digest} was longer than the whole one and is fetched anew.", e);
        }
    }

    static void CheckName(string digest)
    {
        if (digest.Length != 64 || !digest.All(char.IsAsciiHexDigitLower))
            throw ClientFaults.Blob(digest.Length > 64 ? digest[..64] : digest, "is no digest of 64 hexadecimal digits.");
    }
}
