using Federated.Aggregators.Adapters;

namespace Federated.Client.Storage;

/// <summary>Blobs by digest, and beside each the bytes of a download that is not complete.</summary>
public interface IBlobShelf
{
    bool Has(string digest);

    /// <summary>The bytes kept under a digest, to be disposed if they can be; null where there are none.</summary>
    ISpanSource? Find(string digest);

    void Drop(string digest);

    /// <summary>Takes a whole blob, whose bytes stay as they are. What was used longest ago makes room for it.</summary>
    void Put(string digest, ReadOnlyMemory<byte> bytes);

    /// <summary>Bytes of the incomplete download.</summary>
    long PartLength(string digest);

    /// <summary>The incomplete download, to be read and written on; positioned at its beginning. What lies behind <see cref="PartLength"/>, as it was before, means nothing.</summary>
    Stream OpenPart(string digest);

    void DropPart(string digest);

    /// <summary>The incomplete download turned out to be whole; what was used longest ago makes room for it.</summary>
    void Complete(string digest, long bytes);
}
