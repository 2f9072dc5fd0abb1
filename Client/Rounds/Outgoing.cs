using System.Threading.Channels;
using Federated.Client.Transport.Messages;

namespace Federated.Client.Rounds;

/// <summary>
/// Reports on their way to whatever connection there is. Results of work wait for the next connection; replies and
/// progress mean nothing on another one and are dropped without one.
/// </summary>
sealed class Outgoing
{
    const int Capacity = 1024;

    readonly Lock _lock = new();
    readonly Queue<ClientReport> _unsent = new();
    Channel<ClientReport>? _channel;

    public void Post(ClientReport report)
    {
        lock (_lock)
        {
            if (_channel?.Writer.TryWrite(report) == true)
                return;
            if (report is ClientReport.Evaluated or ClientReport.Failed && _unsent.Count < Capacity)
                _unsent.Enqueue(report);
        }
    }

    /// <summary>Begins a connection: what waits goes first.</summary>
    public ChannelReader<ClientReport> Open()
    {
        lock (_lock)
        {
            _channel = Channel.CreateBounded<ClientReport>(Capacity);
            while (_unsent.TryPeek(out var report) && _channel.Writer.TryWrite(report))
                _unsent.Dequeue();
            return _channel.Reader;
        }
    }

    /// <summary>Ends a connection; results that were not yet written wait for the next one.</summary>
    public void Close()
    {
        lock (_lock)
        {
            while (_channel?.Reader.TryRead(out var report) == true)
            {
                if (report is ClientReport.Evaluated or ClientReport.Failed)
                    _unsent.Enqueue(report);
            }
            _channel = null;
        }
    }
}
