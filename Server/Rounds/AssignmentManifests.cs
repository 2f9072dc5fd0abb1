using System.Collections.Concurrent;
using Federated.Server.Faults;
using Federated.Server.Storage;

namespace Federated.Server.Rounds;

/// <summary>Manifests that travel with the assignments that name them: a site that asked for one first would wait for a turn on the wire.</summary>
sealed class AssignmentManifests(IBlobStore blobs)
{
    const int MostBytes = 64 << 10, MostKept = 64;

    readonly ConcurrentDictionary<string, byte[]> _kept = new(StringComparer.Ordinal);

    /// <summary>Empty where it is too large, or cannot be read: then the site fetches it, and hears why it cannot.</summary>
    public ReadOnlyMemory<byte> Of(string digest)
    {
        if (_kept.TryGetValue(digest, out var kept))
            return kept;
        if (_kept.Count >= MostKept)
            _kept.Clear();
        return _kept[digest] = Read(digest);
    }

    byte[] Read(string digest)
    {
        try
        {
            return blobs.Size(digest) <= MostBytes ? blobs.ReadAll(digest) : [];
        }
        catch (Exception e) when (e is FaultException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
