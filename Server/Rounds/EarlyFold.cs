namespace Federated.Server.Rounds;

/// <summary>A fold, and the version that it makes, begun while the record is still on its way to the disk. Nobody hears of them before that is there.</summary>
sealed class EarlyFold
{
    readonly FoldOrder _order;
    readonly IRoundWorker _worker;
    readonly CancellationTokenSource _forgotten;
    readonly Task<RoundCommand> _folding;
    readonly Task<RoundCommand> _writing;

    public EarlyFold(FoldOrder order, IRoundWorker worker, CancellationToken stopping)
    {
        (_order, _worker, _forgotten) = (order, worker, CancellationTokenSource.CreateLinkedTokenSource(stopping));
        _folding = worker.FoldAsync(order, _forgotten.Token);
        _writing = WriteAsync(_forgotten.Token);
        Over = EndAsync();
    }

    /// <summary>Over, or given up; never faulted.</summary>
    public Task Over { get; }

    public bool IsOf(FoldOrder order) => _order.IsSame(order);

    /// <summary>What the fold comes to.</summary>
    public Task<RoundCommand> Folding => _folding;

    /// <summary>What the version that was made of it comes to.</summary>
    public Task<RoundCommand> Writing => _writing;

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

    async Task<RoundCommand> WriteAsync(CancellationToken stopping) =>
        await _folding is RoundCommand.FoldCompleted completed ? await _worker.WriteAsync(_order, completed.Folded, stopping) : await _folding;

    async Task EndAsync()
    {
        await _writing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _forgotten.Dispose();
    }
}
