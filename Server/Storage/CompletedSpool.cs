namespace Federated.Server.Storage;

/// <summary>A spool that needs no bytes any more.</summary>
sealed class CompletedSpool(long size) : ISpool
{
    public long Offset => size;

    public bool IsComplete => true;

    public void Append(ReadOnlySpan<byte> bytes) => throw new InvalidOperationException("A completed spool takes no bytes.");

    public bool Verify() => true;

    public Task FlushAsync(CancellationToken stopping) => Task.CompletedTask;

    public void Dispose()
    {
    }
}
