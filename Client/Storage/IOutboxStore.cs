using Federated.Client.Rounds;

namespace Federated.Client.Storage;

/// <summary>Keeps updates until the coordinator has answered them.</summary>
public interface IOutboxStore
{
    /// <summary>Everything that was written whole; the rest is removed.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    IReadOnlyList<OutboxEntry> Load();

    /// <summary>Keeps one update, and what its encoding left out, durably before it returns.</summary>
    /// <exception cref="IOException">It cannot; nothing is kept then.</exception>
    OutboxEntry Write(string assignmentId, string runId, byte[] header, IEnumerable<ReadOnlyMemory<byte>> tensors, byte[]? leftOut);

    /// <summary>A stream that begins with the update's byte string; whatever follows its <see cref="OutboxEntry.Size"/> bytes is the store's own.</summary>
    /// <exception cref="FileNotFoundException">It has been deleted.</exception>
    Stream Read(OutboxEntry entry);

    /// <summary>The update does not count, nor does what it left out.</summary>
    void Delete(OutboxEntry entry);

    /// <summary>The update counts: what it left out takes the place of what the run's updates before it have.</summary>
    void Accept(OutboxEntry entry);

    /// <summary>What the accepted updates of a run have left out; null for nothing.</summary>
    byte[]? LeftOut(string runId);

    /// <summary>Drops what the accepted updates of a run have left out.</summary>
    void Forget(string runId);
}
