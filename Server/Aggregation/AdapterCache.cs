using System.Collections.Concurrent;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Schemas and plans are immutable and named by digest, so a pair is parsed once while it is in use.</summary>
sealed class AdapterCache(IBlobStore blobs)
{
    // Rules that alternate make a plan a round; what falls out is read again from its blob.
    const int Capacity = 64;

    readonly ConcurrentDictionary<(string Schema, string Plan), RunAdapter> _adapters = new();

    public RunAdapter Get(string schemaDigest, string planDigest)
    {
        if (_adapters.Count > Capacity)
            _adapters.Clear();
        return _adapters.GetOrAdd((schemaDigest, planDigest), key => RunAdapter.Load(blobs, key.Schema, key.Plan));
    }
}
