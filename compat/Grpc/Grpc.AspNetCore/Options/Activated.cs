using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>An instance for one call: a registered service, or one made for the call and disposed with it.</summary>
readonly struct Activated<T>(T instance, bool isOwned) : IAsyncDisposable where T : class
{
    public T Instance => instance;

    public static Activated<T> Get(IServiceProvider services, Type type, IReadOnlyList<object> arguments) =>
        arguments.Count == 0 && services.GetService(type) is T registered
            ? new Activated<T>(registered, false)
            : new Activated<T>((T)ActivatorUtilities.CreateInstance(services, type, [.. arguments]), true);

    public async ValueTask DisposeAsync()
    {
        if (!isOwned)
            return;
        if (instance is IAsyncDisposable asynchronous)
            await asynchronous.DisposeAsync();
        else
            (instance as IDisposable)?.Dispose();
    }
}
