using System.Runtime.CompilerServices;
using Federated.Aggregators.Adapters;
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
    const int MaximumBlobBytes = 1 << 30, MaximumTogether = 1024;
    const int Tries = 2;

    /// <summary>Blobs of which nothing came unasked.</summary>
    /// <exception cref="LinkException">One could not be fetched.</exception>
    /// <exception cref="ClientFault">F543: what came does not have its digest.</exception>
    public IAsyncEnumerable<ISpanSource> GetAsync(IReadOnlyList<string> digests, CancellationToken cancellation) => GetAsync(digests, [], cancellation);

    /// <summary>Blobs in this order, each valid until the next one is asked for. What is missing is fetched first, as much as can be in one call.</summary>
    /// <param name="digests">Of those that are wanted.</param>
    /// <param name="came">Contents that came unasked: they count as what their digest names, and where that is not wanted as nothing.</param>
    /// <param name="cancellation">Ends a download.</param>
    /// <exception cref="LinkException">One could not be fetched.</exception>
    /// <exception cref="ClientFault">F543: what was fetched does not have its digest.</exception>
    public async IAsyncEnumerable<ISpanSource> GetAsync(
        IReadOnlyList<string> digests, IReadOnlyList<ReadOnlyMemory<byte>> came, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var digest in digests)
            CheckName(digest);
        var fresh = Put(came, digests);
        List<string> missing = [.. digests.Distinct(StringComparer.Ordinal).Where(d => !shelf.Has(d))];
        await FetchAsync(missing, cancellation);
        fresh.UnionWith(missing);
        foreach (var digest in digests)
        {
            var blob = await OpenAsync(digest, fresh.Contains(digest), cancellation);
            try
            {
                yield return blob;
            }
            finally
            {
                (blob as IDisposable)?.Dispose();
            }
        }
    }

    /// <summary>Nobody is going to ask for these again.</summary>
    public void Drop(IEnumerable<string> digests)
    {
        foreach (var digest in digests)
            shelf.Drop(digest);
    }

    /// <returns>Those that were taken.</returns>
    HashSet<string> Put(IReadOnlyList<ReadOnlyMemory<byte>> came, IReadOnlyList<string> digests)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        if (came.Count == 0)
            return taken;
        var wanted = digests.ToHashSet(StringComparer.Ordinal);
        foreach (var bytes in came)
        {
            var digest = TreeDigest.Of(bytes.Span);
            if (!wanted.Contains(digest) || shelf.Has(digest))
                continue;
            shelf.Put(digest, bytes);
            taken.Add(digest);
        }
        return taken;
    }

    async Task<ISpanSource> OpenAsync(string digest, bool isChecked, CancellationToken cancellation)
    {
        if (shelf.Find(digest) is { } found)
        {
            if (isChecked || TreeDigest.Of(found) == digest)
                return found;
            (found as IDisposable)?.Dispose();
            shelf.Drop(digest);
        }
        // Damaged, or it made room for another one.
        await FetchAsync([digest], cancellation);
        return shelf.Find(digest) ?? throw new LinkException(LinkFailure.Unavailable, $"Blob {digest} was removed as soon as it had come.");
    }

    async Task FetchAsync(IReadOnlyList<string> missing, CancellationToken cancellation)
    {
        foreach (var some in missing.Chunk(MaximumTogether))
        {
            // Bytes of an earlier, interrupted attempt may be the wrong ones; once more from the beginning decides.
            var wrong = await DownloadAsync(some, cancellation);
            if (wrong.Count > 0 && (await DownloadAsync(wrong, cancellation)) is [var still, ..])
                throw ClientFaults.Blob(still, $"came with other bytes {Tries} times.");
        }
    }

    /// <returns>Those that came with other bytes, of which nothing is kept.</returns>
    async Task<List<string>> DownloadAsync(IReadOnlyList<string> digests, CancellationToken cancellation)
    {
        var wrong = new List<string>();
        for (var at = 0; at < digests.Count;)
            at += await DownloadSomeAsync([.. digests.Skip(at)], wrong, cancellation);
        return wrong;
    }

    /// <summary>One call. A coordinator that knows no more than one blob a call sends the first one.</summary>
    /// <returns>How many of them came.</returns>
    async Task<int> DownloadSomeAsync(List<string> digests, List<string> wrong, CancellationToken cancellation)
    {
        List<BlobRange> ranges = [.. digests.Select(d => new BlobRange(d, shelf.PartLength(d)))];
        var (came, part) = (0, new PartialBlob(shelf, ranges[0]));
        try
        {
            await foreach (var piece in source.ReadAsync(ranges, cancellation))
            {
                if (piece.Blob == came + 1 && piece.Blob < digests.Count)
                {
                    Finish(part, digests[came++], wrong);
                    part = new PartialBlob(shelf, ranges[came]);
                }
                if (piece.Blob != came)
                    throw new LinkException(LinkFailure.Unavailable, $"Bytes of blob {piece.Blob} came while {came} of {digests.Count} was next.");
                if (part.Length + piece.Data.Length > MaximumBlobBytes)
                    throw ClientFaults.Blob(digests[came], $"is larger than {MaximumBlobBytes} bytes.");
                part.Append(piece.Data.Span);
            }
            Finish(part, digests[came++], wrong);
            return came;
        }
        catch (LinkException e) when (e.Failure == LinkFailure.OutOfRange)
        {
            foreach (var range in ranges.Where(r => r.Offset > 0))
                shelf.DropPart(range.Digest);
            throw new LinkException(LinkFailure.Unavailable, "A partial blob was longer than the whole one and is fetched anew.", e);
        }
        finally
        {
            part.Dispose();
        }
    }

    void Finish(PartialBlob part, string digest, List<string> wrong)
    {
        part.Dispose();
        if (part.IsWhole)
        {
            shelf.Complete(digest, part.Length);
            return;
        }
        shelf.DropPart(digest);
        wrong.Add(digest);
    }

    static void CheckName(string digest)
    {
        if (digest.Length != 64 || !digest.All(char.IsAsciiHexDigitLower))
            throw ClientFaults.Blob(digest.Length > 64 ? digest[..64] : digest, "is no digest of 64 hexadecimal digits.");
    }
}
