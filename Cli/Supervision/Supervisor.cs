namespace Federated.Cli.Supervision;

/// <summary>A handful of child processes that live and die together.</summary>
sealed class Supervisor(int maxRestarts, TimeProvider clock) : IAsyncDisposable
{
    readonly List<Child> _children = [];

    public IReadOnlyList<Child> Children => _children;

    public Child Start(ChildSpec spec)
    {
        var child = new Child(spec, maxRestarts, clock);
        _children.Add(child);
        child.Start();
        return child;
    }

    /// <summary>Waits for <paramref name="work"/>, or fails as soon as a child can no longer be kept alive.</summary>
    public async Task<T> WhileAliveAsync<T>(Task<T> work)
    {
        var first = await Task.WhenAny([work, .. _children.Select(child => child.GaveUp)]);
        if (first != work) await first;
        return await work;
    }

    /// <summary>Ends the children, the last started first, so that clients leave before the server does.</summary>
    public async ValueTask DisposeAsync()
    {
        var clients = _children.Skip(1).Select(child => child.DisposeAsync().AsTask());
        await Task.WhenAll(clients);
        foreach (var child in _children.Take(1)) await child.DisposeAsync();
    }
}
