using System.Threading.Channels;
using Federated.Client.Transport.Messages;

namespace Federated.Client.Rounds;

/// <summary>Work for the one device, in order of arrival; knows what waits and what is on the device.</summary>
sealed class WorkQueue
{
    /// <summary>More than a coordinator has reason to hand to one client; beyond it the client says that it is busy.</summary>
    const int Capacity = 256;

    readonly Lock _lock = new();
    readonly Dictionary<string, WorkItem> _items = new(StringComparer.Ordinal);
    readonly Channel<WorkItem> _channel = Channel.CreateBounded<WorkItem>(Capacity);

    /// <summary>The next piece of work, when there is one.</summary>
    public async Task<WorkItem?> NextAsync(CancellationToken stopping)
    {
        while (await _channel.Reader.WaitToReadAsync(stopping))
        {
            if (_channel.Reader.TryRead(out var item))
                return item;
        }
        return null;
    }

    /// <summary>Ids of everything that waits or runs, in ordinal order.</summary>
    public IReadOnlyList<string> Ids
    {
        get
        {
            lock (_lock)
                return [.. _items.Keys.Order(StringComparer.Ordinal)];
        }
    }

    public bool Contains(string assignmentId)
    {
        lock (_lock)
            return _items.ContainsKey(assignmentId);
    }

    /// <summary>False when the queue is full.</summary>
    public bool TryAdd(WorkAssignment assignment)
    {
        lock (_lock)
        {
            if (_items.ContainsKey(assignment.Id))
                return true;
            var item = new WorkItem(assignment);
            if (!_channel.Writer.TryWrite(item))
            {
                item.Dispose();
                return false;
            }
            _items.Add(assignment.Id, item);
            return true;
        }
    }

    /// <summary>Cancels what fits; an item leaves the queue when the device has let go of it.</summary>
    public void Cancel(Func<WorkAssignment, bool> which)
    {
        lock (_lock)
        {
            foreach (var item in _items.Values.Where(i => which(i.Assignment)).ToArray())
                item.Cancel();
        }
    }

    public void Remove(WorkItem item)
    {
        lock (_lock)
        {
            _items.Remove(item.Assignment.Id);
            item.Dispose();
        }
    }
}
