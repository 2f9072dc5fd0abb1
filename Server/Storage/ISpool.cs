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

    /// <summary>With all bytes there: whether they have the digest. If so they can be read from now on; if not, the spool is empty again.</summary>
    bool Verify();

    /// <summary>Verified bytes are durable when it is over. Ended before, or never called, the spool gives up on them when it is disposed of.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    Task FlushAsync(CancellationToken stopping);
}
