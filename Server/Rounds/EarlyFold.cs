namespace Federated.Server.Rounds;

/// <summary>A fold, and the version that it makes, begun while the record is still on its way to the disk. Nobody hears of them before that is there.</summary>
sealed class EarlyFold
{
    readonly FoldOrder _order;
    readonly IRoundWorker _worker;
    readonly CancellationTokenSource _forgotten;

    public EarlyFold(FoldOrder order, IRoundWorker worker, CancellationToken stopping)
    {
        (_order, _worker, _forgotten) = (order, worker, CancellationTokenSource.CreateLinkedTokenSource(stopping));
        Folding = worker.FoldAsync(order, _forgotten.Token);
        Writing = WriteAsync(_forgotten.Token);
        Over = EndAsync();
    }

    /// <summary>Over, or given up; never faulted.</summary>
    public Task Over { get; }

    public bool IsOf(FoldOrder order) => _order.IsSame(order);

    /// <summary>What the fold comes to.</summary>
    public Task<RoundCommand> Folding { get; }

    /// <summary>What the version that was made of it comes to.</summary>
    public Task<RoundCommand> Writing { get; }

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
        await Folding is RoundCommand.FoldCompleted completed ? await _worker.WriteAsync(_order, completed.Folded, stopping) : await Folding;

    async Task EndAsync()
    {
        await ((Task)Writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _forgotten.Dispose();
    }
}
