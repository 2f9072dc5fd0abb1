namespace Federated.Server.Storage;

/// <summary>
/// The memory that all upload streams together may hold at one time, in leases of one chunk. A stream reads its next chunk only
/// under a lease, so a full budget becomes HTTP/2 back-pressure.
/// </summary>
sealed class SpoolBudget(long bytes) : IDisposable
{
    public const int LeaseBytes = (1 << 18) + (1 << 10);

    readonly SemaphoreSlim _leases = new(Leases(bytes), Leases(bytes));

    public int Available => _leases.CurrentCount;

    public Task AcquireAsync(CancellationToken stopping) => _leases.WaitAsync(stopping);

    public void Release() => _leases.Release();

    public void Dispose() => _leases.Dispose();

    static int Leases(long bytes) => (int)Math.Max(1, bytes / LeaseBytes);
}
