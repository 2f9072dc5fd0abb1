namespace Federated.Server.Storage;

/// <summary>One update under reception; owned by one upload stream.</summary>
interface ISpool : IDisposable
{
    /// <summary>The first byte not held durably; what the client sends next.</summary>
    long Offset { get; }

    /// <summary>Whether the bytes were complete, verified and durable when the spool was opened.</summary>
    bool IsComplete { get; }

    /// <summary>Appends at <see cref="Offset"/>. The caller has checked that the declared size is not exceeded.</summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// With all bytes there: true if they have the digest and are durable now; false if not, and then the spool is empty again.
    /// </summary>
    Task<bool> CompleteAsync(CancellationToken stopping);
}
