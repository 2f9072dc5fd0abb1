namespace Federated.Server.Storage;

/// <summary>Immutable byte strings named by their tree digest (lower-case hex).</summary>
interface IBlobStore
{
    /// <summary>Null where there is no such blob.</summary>
    long? Size(string digest);

    /// <summary>Blobs that become durable together, with one flush of the folder.</summary>
    IBlobBatch Begin();

    /// <summary>Streams a body in. True if it is new, false if it was known.</summary>
    /// <exception cref="Faults.FaultException">The body is too large or does not have the digest; nothing is kept.</exception>
    Task<bool> PutAsync(string digest, Stream body, CancellationToken stopping);

    /// <summary>Copies bytes from an offset on and returns how many; 0 at the end.</summary>
    /// <exception cref="Faults.FaultException">There is no such blob.</exception>
    int Read(string digest, long offset, Span<byte> into);

    /// <summary>The whole blob, its digest verified.</summary>
    /// <exception cref="Faults.FaultException">There is no such blob, or it is corrupt.</exception>
    ReadOnlyMemory<byte> ReadAll(string digest);

    /// <summary>The whole blob in place, its digest verified.</summary>
    /// <exception cref="Faults.FaultException">There is no such blob, or it is corrupt.</exception>
    IStoredBytes Open(string digest);

    /// <summary>Every blob that was there when it was called is a file when it returns, for whoever copies the folder.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    Task SettleAsync(CancellationToken stopping) => Task.CompletedTask;
}
