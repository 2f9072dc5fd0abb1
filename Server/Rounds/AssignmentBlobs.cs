using Federated.Server.Fleet;
using Federated.Server.Fleet.Messages;

namespace Federated.Server.Rounds;

/// <summary>
/// What travels with one run's assignments, because a client that asked for it would wait for a turn on the wire: the manifest, and the small blobs of a version that
/// the one assigned before had not. Used by the run's loop alone.
/// </summary>
sealed class AssignmentBlobs(RoundServices services)
{
    const int MostOfManifest = 64 << 10;

    // Clients keep those in memory; a larger one is a file to them, and its download goes on where it broke off.
    const int MostOfBlob = 256 << 10;

    // Nothing overtakes them on the control stream, no cancellation and no heartbeat.
    const int MostOfBlobs = 512 << 10;

    // Those of the version pushed last, of which all its clients remember the same set.
    (string Manifest, HashSet<string> Digests)? _last;

    /// <summary>The order with all that goes with it to this client.</summary>
    public WorkOrder Complete(WorkOrder order, VersionInfo start, ConnectedClient client) => order with
    {
        Manifest = services.Blobs.Of(order.ManifestDigest, MostOfManifest),
        Blobs = Changed(order, start, client),
    };

    // What a client holds that has not been assigned anything on this stream nobody knows, and where its plan is its own the version does not say what it starts from.
    IReadOnlyList<ReadOnlyMemory<byte>> Changed(WorkOrder order, VersionInfo start, ConnectedClient client)
    {
        if (!client.Hello.TakesBlobs || order.ManifestDigest != start.ManifestDigest || client.Assign(order.Run, DigestsOf(start)) is not { } held)
            return [];
        var blobs = Read([.. Named(start).Where(b => !held.Contains(b.Digest)).DistinctBy(b => b.Digest)]);
        Count(client, blobs.Sum(b => (long)b.Length));
        return blobs;
    }

    IReadOnlyList<ReadOnlyMemory<byte>> Read(List<GroupInfo> lacking)
    {
        if (lacking.Sum(b => b.Size) > MostOfBlobs || lacking.Exists(b => b.Size > MostOfBlob))
            return [];
        List<ReadOnlyMemory<byte>> read = [.. lacking.Select(b => services.Blobs.Of(b.Digest, MostOfBlob))];
        return read.Exists(b => b.IsEmpty) ? [] : read;
    }

    void Count(ConnectedClient client, long bytes)
    {
        if (bytes == 0)
            return;
        services.Transfers.Add(client.Id, bytes);
        services.Metrics.Bytes("down", bytes);
    }

    HashSet<string> DigestsOf(VersionInfo start)
    {
        if (_last is not { } last || last.Manifest != start.ManifestDigest)
            _last = last = (start.ManifestDigest, Named(start).Select(b => b.Digest).ToHashSet(StringComparer.Ordinal));
        return last.Digests;
    }

    static IEnumerable<GroupInfo> Named(VersionInfo start) => start.Groups.Concat(start.Offsets);
}
