using Federated.Client.Rounds;

namespace Federated.Client.Storage;

/// <summary>Keeps updates until the coordinator has answered them.</summary>
public interface IOutboxStore
{
    /// <summary>Everything that was written whole; the rest is removed.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    IReadOnlyList<OutboxEntry> Load();

    /// <summary>Keeps one update durably before it returns.</summary>
    /// <exception cref="IOException">It cannot; nothing is kept then.</exception>
    OutboxEntry Write(string assignmentId, string runId, byte[] header, IEnumerable<ReadOnlyMemory<byte>> tensors);

    /// <summary>The update's byte string.</summary>
    /// <exception cref="FileNotFoundException">It has been deleted.</exception>
    Stream Read(OutboxEntry entry);

    void Delete(OutboxEntry entry);
}
