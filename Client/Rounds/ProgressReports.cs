using Federated.Client.Transport.Messages;

namespace Federated.Client.Rounds;

/// <summary>
/// How often a site tells what it is doing: a new phase a tenth of a second after the last report at the earliest, the same phase once a second. A phase that
/// is over by then is not told of, so that rounds of a few milliseconds do not spend them on reports that nobody could read.
/// </summary>
sealed class ProgressReports : IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100), SamePhase = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();
    readonly Action<ClientReport.Progress> _post;
    readonly Func<string, bool> _isOpen;
    readonly TimeProvider _time;
    readonly ITimer _timer;
    ClientReport.Progress? _told, _held;
    long _toldAt;

    /// <param name="post">Takes a report that is due.</param>
    /// <param name="isOpen">Whether an assignment still is to be told of.</param>
    /// <param name="time">Measures the pauses.</param>
    public ProgressReports(Action<ClientReport.Progress> post, Func<string, bool> isOpen, TimeProvider time)
    {
        (_post, _isOpen, _time) = (post, isOpen, time);
        _timer = time.CreateTimer(_ => TellHeld(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Tell(ClientReport.Progress report)
    {
        lock (_lock)
        {
            var isNew = _told is null || _told.AssignmentId != report.AssignmentId || _told.Phase != report.Phase;
            var wait = (isNew ? Pause : SamePhase) - _time.GetElapsedTime(_toldAt);
            if (_told is null || wait <= TimeSpan.Zero)
                Send(report);
            else if (isNew)
                Hold(report, wait);
        }
    }

    public void Dispose() => _timer.Dispose();

    void Hold(ClientReport.Progress report, TimeSpan wait)
    {
        if (_held is null)
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        _held = report;
    }

    void TellHeld()
    {
        lock (_lock)
        {
            if (_held is { } held && _isOpen(held.AssignmentId))
                Send(held);
            _held = null;
        }
    }

    void Send(ClientReport.Progress report)
    {
        (_told, _toldAt, _held) = (report, _time.GetTimestamp(), null);
        _post(report);
    }
}
