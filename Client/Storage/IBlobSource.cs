namespace Federated.Client.Storage;

/// <summary>Where blobs come from.</summary>
public interface IBlobSource
{
    /// <summary>Bytes of blobs, each from an offset on, one blob after another in the order asked for.</summary>
    /// <param name="blobs">1 to 1,024.</param>
    /// <param name="cancellation">Ends the reading.</param>
    IAsyncEnumerable<BlobPiece> ReadAsync(IReadOnlyList<BlobRange> blobs, CancellationToken cancellation);
}

/// <summary>A blob that is wanted from a byte on.</summary>
public readonly record struct BlobRange(string Digest, long Offset);

/// <param name="Blob">Index of the blob in what was asked for.</param>
/// <param name="Data">Its next bytes, valid until the next piece is asked for.</param>
public readonly record struct BlobPiece(int Blob, ReadOnlyMemory<byte> Data);
