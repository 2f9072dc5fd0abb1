namespace Federated.Client.Storage;

/// <summary>Where blobs come from.</summary>
public interface IBlobSource
{
    /// <summary>The blob's bytes from an offset on, piece by piece.</summary>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(string digest, long offset, CancellationToken cancellation);
}
