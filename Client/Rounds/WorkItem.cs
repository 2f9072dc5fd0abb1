using Federated.Client.Transport.Messages;

namespace Federated.Client.Rounds;

/// <summary>An assignment that waits for the device or is on it.</summary>
sealed class WorkItem(WorkAssignment assignment) : IDisposable
{
    readonly CancellationTokenSource _cancel = new();

    public WorkAssignment Assignment { get; } = assignment;

    public CancellationToken Cancelled => _cancel.Token;

    public void Cancel() => _cancel.Cancel();

    public void Dispose() => _cancel.Dispose();
}
