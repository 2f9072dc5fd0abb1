namespace Federated.Server.Rounds;

/// <summary>A fold that began while its record was still on its way to the disk.</summary>
sealed class EarlyFold
{
    readonly FoldOrder _order;
    readonly CancellationTokenSource _forgotten;
    readonly Task<RoundCommand> _folding;

    public EarlyFold(FoldOrder order, IRoundWorker worker, CancellationToken stopping)
    {
        (_order, _forgotten) = (order, CancellationTokenSource.CreateLinkedTokenSource(stopping));
        _folding = worker.FoldAsync(order, _forgotten.Token);
        _folding.ContinueWith(_ => _forgotten.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>What it comes to; null where it is the fold of another record.</summary>
    public Task<RoundCommand>? Of(FoldOrder order) => ReferenceEquals(order, _order) ? _folding : null;

    /// <summary>Nobody will ask for it.</summary>
    public void Forget()
    {
        try
        {
            _forgotten.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It was over already.
        }
    }
}
