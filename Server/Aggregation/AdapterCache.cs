using System.Collections.Concurrent;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Schemas and plans are immutable and named by digest, so each pair is parsed once.</summary>
sealed class AdapterCache(IBlobStore blobs)
{
    readonly ConcurrentDictionary<(string Schema, string Plan), RunAdapter> _adapters = new();

    public RunAdapter Get(string schemaDigest, string planDigest) =>
        _adapters.GetOrAdd((schemaDigest, planDigest), key => RunAdapter.Load(blobs, key.Schema, key.Plan));
}
