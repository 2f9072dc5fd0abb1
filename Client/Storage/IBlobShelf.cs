namespace Federated.Client.Storage;

/// <summary>Blobs by digest, and beside each the bytes of a download that is not complete.</summary>
public interface IBlobShelf
{
    /// <summary>The bytes kept under a digest, or null.</summary>
    Task<byte[]?> FindAsync(string digest, CancellationToken cancellation);

    void Drop(string digest);

    /// <summary>The incomplete download, positioned at its end.</summary>
    Stream OpenPart(string digest);

    Task<byte[]> ReadPartAsync(string digest, CancellationToken cancellation);

    void DropPart(string digest);

    /// <summary>The incomplete download turned out to be whole; what was used longest ago makes room for it.</summary>
    void Complete(string digest, long bytes);
}
