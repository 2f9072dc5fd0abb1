using Federated.Server.Faults;

namespace Federated.Server.Transport.Uploads;

/// <summary>
/// At most one stream per assignment, and a few per client. A client that lost its connection comes back before the server notices:
/// its newer stream ends the older one and waits until that has let go of the spool.
/// </summary>
sealed class UploadLanes(UploadOptions options)
{
    readonly Lock _gate = new();
    readonly Dictionary<(string Client, string Assignment), Lane> _lanes = [];
    readonly Dictionary<string, int> _perClient = new(StringComparer.Ordinal);

    public async Task<Lane> EnterAsync(string client, string assignment, CancellationToken stopping)
    {
        while (true)
        {
            Lane? older;
            lock (_gate)
            {
                if (!_lanes.TryGetValue((client, assignment), out older))
                    return Open(client, assignment, stopping);
            }
            await older.YieldAsync(stopping);
        }
    }

    Lane Open(string client, string assignment, CancellationToken stopping)
    {
        var open = _perClient.GetValueOrDefault(client);
        if (open >= ProtocolLimits.UploadsPerClient)
            throw new FaultException(Fault.TooManyUploads, $"Client '{client}' has {open} uploads under way, which is the limit.");
        if (_lanes.Count >= options.MaxUploads)
            throw new FaultException(Fault.TooManyUploads, $"{_lanes.Count} uploads are under way, which is the limit.");
        _perClient[client] = open + 1;
        return _lanes[(client, assignment)] = new Lane(this, client, assignment, stopping);
    }

    void Leave(string client, string assignment)
    {
        lock (_gate)
        {
            _lanes.Remove((client, assignment));
            if (--_perClient[client] == 0)
                _perClient.Remove(client);
        }
    }

    internal sealed class Lane(UploadLanes lanes, string client, string assignment, CancellationToken stopping) : IDisposable
    {
        readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        // Its continuations may run within Dispose: by then the lane is free.
        readonly TaskCompletionSource _left = new();

        /// <summary>Cancelled when a newer stream takes over.</summary>
        public CancellationToken Token => _ending.Token;

        public async Task YieldAsync(CancellationToken newcomer)
        {
            try
            {
                _ending.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It left in this moment.
            }
            await _left.Task.WaitAsync(newcomer);
        }

        public void Dispose()
        {
            lanes.Leave(client, assignment);
            _left.TrySetResult();
            _ending.Dispose();
        }
    }
}
