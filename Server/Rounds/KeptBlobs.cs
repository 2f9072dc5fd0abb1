using Federated.Server.Faults;
using Federated.Server.Storage;

namespace Federated.Server.Rounds;

/// <summary>Small blobs in memory: a whole cohort is sent the same ones in a row.</summary>
sealed class KeptBlobs(IBlobStore blobs)
{
    const int MostBytes = 2 << 20, MostKept = 4096;

    readonly Lock _room = new();
    readonly Dictionary<string, ReadOnlyMemory<byte>> _kept = new(StringComparer.Ordinal);
    long _bytes;

    /// <summary>Empty where it is larger, or cannot be read: then the client fetches it, and hears why it cannot.</summary>
    public ReadOnlyMemory<byte> Of(string digest, int mostBytes)
    {
        lock (_room)
        {
            if (_kept.TryGetValue(digest, out var kept))
                return kept;
        }
        var read = Read(digest, mostBytes);
        Keep(digest, read);
        return read;
    }

    ReadOnlyMemory<byte> Read(string digest, int mostBytes)
    {
        try
        {
            return blobs.Size(digest) <= mostBytes ? blobs.ReadAll(digest) : default;
        }
        catch (Exception e) when (e is FaultException or IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    // What is asked for next is mostly new: older versions are over.
    void Keep(string digest, ReadOnlyMemory<byte> bytes)
    {
        lock (_room)
        {
            if (_bytes + bytes.Length > MostBytes || _kept.Count == MostKept)
            {
                _kept.Clear();
                _bytes = 0;
            }
            if (_kept.TryAdd(digest, bytes))
                _bytes += bytes.Length;
        }
    }
}
