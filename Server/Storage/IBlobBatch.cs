namespace Federated.Server.Storage;

/// <summary>Blobs that become durable together. Each is on its way to the disk as soon as it is added, so that memory holds a few of them and not all. Used by one caller at a time.</summary>
interface IBlobBatch
{
    /// <summary>Takes bytes over, which must not change afterwards, and returns their digest; waits while too many are on their way.</summary>
    string Add(ReadOnlyMemory<byte> bytes);

    /// <summary>All that was added is durable when it returns.</summary>
    /// <exception cref="IOException">The disk refused some of it; nothing may refer to the batch then.</exception>
    Task CommitAsync(CancellationToken stopping);
}
