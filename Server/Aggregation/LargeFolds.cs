using Federated.Aggregators.Adapters;

namespace Federated.Server.Aggregation;

/// <summary>Folds of large adapters take turns, and so does diagnosing them: two at once would need the memory of two.</summary>
sealed class LargeFolds
{
    public const long LeastBytes = 16L << 20;

    readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Waits for the turn; null where the adapter is small enough to need none.</summary>
    public IDisposable? Enter(AdapterLayout layout, CancellationToken stopping)
    {
        if (sizeof(float) * layout.TotalElements <= LeastBytes)
            return null;
        _turn.Wait(stopping);
        return new Turn(_turn);
    }

    sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
