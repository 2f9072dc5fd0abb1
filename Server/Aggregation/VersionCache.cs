using System.Collections.Concurrent;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;
using Federated.Server.Rounds;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Each run's newest version, if it is small: the next fold begins where the last one ended, without reading it back.</summary>
sealed class VersionCache(IBlobStore blobs)
{
    readonly ConcurrentDictionary<string, Entry> _newest = new(StringComparer.Ordinal);

    /// <exception cref="Faults.FaultException">A blob is missing or corrupt.</exception>
    public AdapterTensors Read(string run, AdapterLayout layout, VersionInfo version, SpareArrays<float>? spare = null) =>
        _newest.TryGetValue(run, out var entry) && entry.Digests.SequenceEqual(version.Groups.Select(g => g.Digest)) && entry.Tensors.Values.Length == layout.TotalElements
            ? entry.Under(layout)
            : GroupFiles.Read(blobs, layout, version, spare);

    /// <summary>Keeps a whole version; of a large one nothing is kept.</summary>
    public void Keep(string run, AdapterTensors tensors, IReadOnlyList<GroupInfo> groups)
    {
        if (tensors.Bytes.Length <= LargeFolds.LeastBytes)
            _newest[run] = new Entry(tensors, [.. groups.Select(g => g.Digest)]);
    }

    sealed record Entry(AdapterTensors Tensors, IReadOnlyList<string> Digests)
    {
        // A plan that trains other roles has another layout of the same tensors.
        public AdapterTensors Under(AdapterLayout layout) => Tensors.Layout == layout ? Tensors : new AdapterTensors(layout, Tensors.Values.ToArray());
    }
}
